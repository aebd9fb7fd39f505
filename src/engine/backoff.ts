import type { Random } from '../core/random.ts'

/** How long to wait before something is tried again. */
export interface Backoff {
  /** The next wait (ms). */
  next(): number
  /** It went well: the next wait is the first again. */
  reset(): void
}

/** Waits that double from the first to the longest (ms), each shortened by chance, by up to half: those who failed together do not come back together. */
export function createBackoff(random: Random, { first = 50, longest = 5000 } = {}): Backoff {
  let delay = first
  return {
    next() {
      const now = delay
      delay = Math.min(delay * 2, longest)
      return now * (0.5 + random.next() / 2)
    },
    reset() {
      delay = first
    },
  }
}
