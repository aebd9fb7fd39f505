import type { Clock } from '../../core/clock.ts'
import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import type { Random } from '../../core/random.ts'
import { abortable } from './wait.ts'

/**
 * Remembers a server's failures in a row. The first few make the next attempt to connect wait; from the fifth on the circuit is open:
 * calls are refused at once until it is time for one that tries, alone, whether the server works again.
 */
export interface Breaker {
  /** Lets a call begin, or throws TOOL_UNAVAILABLE (nothing was sent). The call says when it is over. */
  enter(): () => void
  /** Notes a failure; gives the milliseconds that the next attempt will wait. */
  fail(reason: string): number
  /** Forgets the failures, but not yet what went wrong. */
  forgive(): void
  /** It works: nothing went wrong. */
  succeed(): void
  /** Waits until the next attempt to connect may be made; rejects with the signal's reason when that is aborted. */
  wait(signal: AbortSignal): Promise<void>
  /** What went wrong last, until it works again. */
  problem(): string | undefined
  /** Whether calls are refused at once. */
  isOpen(): boolean
}

const FIRST = 200
const LONGEST = 30_000
/** Failures in a row from which on calls are refused. */
export const MOST_FAILURES = 5

/** A breaker that begins without failures. */
export function createBreaker(server: string, clock: Clock, random: Random): Breaker {
  let failures = 0
  let retryAt = 0
  let problem: string | undefined
  let trying = false
  const isOpen = () => failures >= MOST_FAILURES
  return {
    enter: () => {
      if (!isOpen()) return nothing
      const retryAfter = Math.max(0, retryAt - clock.now())
      if (trying || retryAfter > 0) throw refused({ server, failures, problem, retryAfter })
      trying = true
      return () => {
        trying = false
      }
    },
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
    isOpen,
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

function refused(known: {
  readonly server: string
  readonly failures: number
  readonly problem: string | undefined
  readonly retryAfter: number
}): PolisError {
  const { server, failures, problem, retryAfter } = known
  const when = retryAfter === 0 ? 'a call is trying it now' : `it is tried again in ${formatDuration(retryAfter)}`
  return new PolisError(
    'TOOL_UNAVAILABLE',
    `MCP server '${server}' is not called: it failed ${failures} times in a row and ${when}. The last failure: ${problem ?? 'unknown'}`,
    { details: { server, sent: false, retryAfter }, retryable: true },
  )
}

function nothing(): void {}
