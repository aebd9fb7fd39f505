import type { Clock } from '../core/clock.ts'

/**
 * What the promise gives, if it settles within `timeout` ms; else rejects with what `late` makes.
 *
 * The promise goes on unwatched then: whoever started it ends it, best in `late`.
 */
export async function within<T>(clock: Clock, timeout: number, promise: Promise<T>, late: () => Error): Promise<T> {
  const limit = Promise.withResolvers<never>()
  const cancel = clock.setTimer(clock.now() + timeout, () => limit.reject(late()))
  try {
    return await Promise.race([promise, limit.promise])
  } finally {
    cancel()
  }
}
