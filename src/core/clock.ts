/** The only source of time in the project, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /**
   * Calls `fire` once, when `now()` has reached `at` (ms since the epoch) and never before; a time in the past fires on a later
   * turn of the event loop. Returns what cancels it; cancelling twice, or after it fired, does nothing.
   */
  setTimer(at: number, fire: () => void): () => void
}

/** How the system clock behaves. */
export interface SystemClockOptions {
  /** When true, its timers do not keep the process alive. */
  readonly unref?: boolean
}

// A timer is armed for at most this long, then looked at again: it keeps delays under the 2^31-1 ms that Node allows, and
// makes a wall clock that jumped, or a laptop that slept, noticed within a minute.
const LONGEST_ARM = 60_000

/** The machine's clock. */
export function systemClock({ unref = false }: SystemClockOptions = {}): Clock {
  return { now: Date.now, setTimer: (at, fire) => armTimer(at, fire, unref) }
}

function armTimer(at: number, fire: () => void, unref: boolean): () => void {
  let handle: NodeJS.Timeout
  const arm = () => {
    handle = setTimeout(check, Math.min(Math.max(at - Date.now(), 0), LONGEST_ARM))
    if (unref) handle.unref()
  }
  // Node's timers may fire a millisecond before the wall clock has got there.
  const check = () => (Date.now() >= at ? fire() : arm())
  arm()
  return () => clearTimeout(handle)
}
