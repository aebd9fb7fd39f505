import type { Clock } from '../../core/clock.ts'
import { manualClock } from '../../core/manual-clock.ts'

/** A clock that leaps to its next timer as soon as everybody waits for one: tests of long waits take no time. */
export function leapingClock(start?: number): Clock {
  const clock = manualClock(start)
  let leaping = false
  const leap = () => {
    leaping = false
    const next = clock.nextTimer()
    if (next === undefined) return
    clock.advanceTo(next)
    plan()
  }
  const plan = () => {
    if (leaping) return
    leaping = true
    setImmediate(leap)
  }
  return {
    now: clock.now,
    setTimer(at, fire) {
      const cancel = clock.setTimer(at, fire)
      plan()
      return cancel
    },
  }
}
