import type { Clock } from './clock.ts'

/** A time limit that can be made to stand still. */
export interface PausableTimer {
  /** Stops the clock until what it returns is called; several at once count as one. */
  hold(): () => void
  cancel(): void
}

/** Calls `late` once so many milliseconds have passed in which nothing held it. */
export function startPausableTimer(clock: Clock, milliseconds: number, late: () => void): PausableTimer {
  let left = milliseconds
  let since = clock.now()
  let holds = 0
  let over = false
  let stop = clock.setTimer(since + left, late)
  return {
    hold: () => {
      if (holds++ === 0) {
        stop()
        left = Math.max(0, left - (clock.now() - since))
      }
      let held = true
      return () => {
        if (!held) return
        held = false
        if (--holds > 0 || over) return
        since = clock.now()
        stop = clock.setTimer(since + left, late)
      }
    },
    cancel: () => {
      over = true
      stop()
    },
  }
}
