import type { Clock, SystemClockOptions } from './clock.ts'

// As in the system clock: Node allows no longer delay than 2^31-1 ms.
const LONGEST_ARM = 60_000

/**
 * A clock that starts with the machine's time and then never jumps: whoever sets the machine's clock does not move it. What it says after
 * days, or after the machine slept, is for others to put right.
 */
export function monotonicClock({ unref = false }: SystemClockOptions = {}): Clock {
  const start = Date.now() - performance.now()
  const now = () => start + performance.now()
  return {
    now,
    setTimer: (at, fire) => {
      let handle: NodeJS.Timeout
      const arm = () => {
        handle = setTimeout(check, Math.min(Math.max(at - now(), 0), LONGEST_ARM))
        if (unref) handle.unref()
      }
      // Node's timers may fire a little early.
      const check = () => (now() >= at ? fire() : arm())
      arm()
      return () => clearTimeout(handle)
    },
  }
}
