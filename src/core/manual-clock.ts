import type { Clock } from './clock.ts'

/** A clock that stands still until it is told to move. Its timers fire inside `advance`, in order of time, then of setting. */
export interface ManualClock extends Clock {
  /** Moves time forward by so many milliseconds, firing what falls due, with `now()` at each timer's own time. */
  advance(milliseconds: number): void
  /** Moves time forward to `at`; a time in the past fires only what is due now. */
  advanceTo(at: number): void
  /** When the next timer is due, or undefined when none is set. */
  nextTimer(): number | undefined
}

interface Timer {
  readonly at: number
  readonly fire: () => void
}

/** A manual clock that starts at `start` (ms since the epoch; by default 2026-01-01T00:00:00Z). */
export function manualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start
  const timers = new Set<Timer>()
  const advanceTo = (at: number) => {
    for (let due = earliest(timers); due !== undefined && due.at <= Math.max(at, now); due = earliest(timers)) {
      timers.delete(due)
      now = Math.max(now, due.at)
      due.fire()
    }
    now = Math.max(now, at)
  }
  return {
    now: () => now,
    setTimer: (at, fire) => {
      const timer = { at, fire }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance: (milliseconds) => advanceTo(now + milliseconds),
    advanceTo,
    nextTimer: () => earliest(timers)?.at,
  }
}

function earliest(timers: ReadonlySet<Timer>): Timer | undefined {
  let first: Timer | undefined
  for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer
  return first
}
