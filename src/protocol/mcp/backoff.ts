import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { abortable } from './wait.ts'

/** Remembers failures in a row, and makes the next attempt wait for them. */
export interface Backoff {
  /** Notes a failure; gives the milliseconds that the next attempt will wait. */
  fail(reason: string): number
  /** Forgets the failures, but not yet what went wrong. */
  forgive(): void
  /** It works: nothing went wrong. */
  succeed(): void
  /** Waits until the next attempt may be made; rejects with the signal's reason when that is aborted. */
  wait(signal: AbortSignal): Promise<void>
  /** What went wrong last, until it works again. */
  problem(): string | undefined
}

const FIRST = 200
const LONGEST = 30_000

/** A backoff that begins without failures. */
export function createBackoff(clock: Clock, random: Random): Backoff {
  let failures = 0
  let retryAt = 0
  let problem: string | undefined
  return {
    fail: (reason) => {
      failures += 1
      problem = reason
      const delay = delayAfter(failures, random)
      retryAt = clock.now() + delay
      return delay
    },
    forgive: () => {
      failures = 0
    },
    succeed: () => {
      failures = 0
      problem = undefined
    },
    wait: async (signal) => {
      signal.throwIfAborted()
      if (clock.now() >= retryAt) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const cancel = clock.setTimer(retryAt, resolve)
      await abortable(promise, signal).finally(cancel)
    },
    problem: () => problem,
  }
}

/**
 * Milliseconds to wait after so many failures in a row: doubling from 200 ms to 30 s, of which the second half is left to chance,
 * so that many workers do not come back at the same moment.
 */
export function delayAfter(failures: number, random: Random): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 20))
  return Math.round(full / 2 + (full / 2) * random.next())
}
