import type { Clock } from './clock.ts'

/** Resolves after so many milliseconds; rejects with the signal's reason when it aborts before. */
export async function abortable(clock: Clock, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const cancel = clock.setTimer(clock.now() + milliseconds, resolve)
  const abort = () => reject(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await promise
  } finally {
    cancel()
    signal?.removeEventListener('abort', abort)
  }
}
