/**
 * Role: keeps a provider's limits of calls at once, and of requests and tokens in a minute, for one process.
 * Boundary: it lets calls wait for their turn; it knows nothing of what they do.
 * Invariants:
 * 1. Calls go in the order in which they came.
 * 2. Never more calls at once than the limit says.
 * 3. A wait ends with the caller's signal, and then takes nothing.
 * 4. In no stretch of a minute do more requests begin than twice the limit (a full bucket, and what flows in), and on average not more than it.
 * 5. Tokens are taken as estimated, and corrected by what was used: an excess delays later calls.
 */
import type { Clock } from '../../core/clock.ts'
import { createBucket } from './bucket.ts'

/** A call's turn. */
export interface Turn {
  /** Ends it; `tokens` is what it really used. To be called once. */
  release(tokens: number): void
}

/** The limits of one provider. */
export interface Limits {
  /** Waits for a turn for a call of about so many tokens; rejects with the signal's reason. */
  acquire(tokens: number, signal: AbortSignal): Promise<Turn>
}

/** What is limited; absent: it is not. */
export interface LimitOptions {
  readonly concurrency?: number | undefined
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  readonly clock: Clock
}

interface Waiter {
  readonly tokens: number
  readonly go: () => void
}

/** Limits with nobody waiting. */
export function createLimits(options: LimitOptions): Limits {
  const { concurrency = Number.POSITIVE_INFINITY, clock } = options
  const requests = createBucket(options.requestsPerMinute, clock)
  const tokens = createBucket(options.tokensPerMinute, clock)
  const queue: Waiter[] = []
  let running = 0
  let cancelTimer = () => {}
  const serve = () => {
    cancelTimer()
    for (let first = queue[0]; first !== undefined && running < concurrency; first = queue[0]) {
      const wait = Math.max(requests.wait(1), tokens.wait(first.tokens))
      if (wait > 0) {
        cancelTimer = clock.setTimer(clock.now() + wait, serve)
        return
      }
      queue.shift()
      running += 1
      requests.take(1)
      tokens.take(first.tokens)
      first.go()
    }
  }
  const turn = (estimate: number): Turn => ({
    release(used) {
      running -= 1
      tokens.take(used - estimate)
      serve()
    },
  })
  return {
    async acquire(estimate, signal) {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiter: Waiter = { tokens: estimate, go: resolve }
      const giveUp = () => {
        const at = queue.indexOf(waiter)
        if (at >= 0) queue.splice(at, 1)
        reject(signal.reason)
        serve()
      }
      queue.push(waiter)
      signal.addEventListener('abort', giveUp, { once: true })
      serve()
      await promise.finally(() => signal.removeEventListener('abort', giveUp))
      return turn(estimate)
    },
  }
}
