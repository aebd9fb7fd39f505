import type { Clock } from '../../core/clock.ts'
import { startPausableTimer } from '../../core/pausable-timer.ts'

/** Waits for the promise for at most so many milliseconds; says whether it was settled by then. Never rejects. */
export async function settledWithin(promise: Promise<unknown>, milliseconds: number, clock: Clock): Promise<boolean> {
  const { promise: expired, resolve } = Promise.withResolvers<boolean>()
  const cancel = clock.setTimer(clock.now() + milliseconds, () => resolve(false))
  const settled = promise.then(
    () => true,
    // Whoever owns the promise handles its error; here only the time matters.
    () => true,
  )
  return Promise.race([settled, expired]).finally(cancel)
}

/** The promise's outcome, or the signal's reason as soon as that is aborted; the work behind the promise goes on. */
export async function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort))
}

/** A signal that follows another one and is also aborted after so many milliseconds. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal
  /** Whether it was the time that aborted it. */
  expired(): boolean
  /** Stops its time until what it returns is called. */
  hold(): () => void
}

/** Starts a deadline; dispose of it once the work is done. */
export function startDeadline(milliseconds: number, signal: AbortSignal | undefined, clock: Clock): Deadline {
  const controller = new AbortController()
  let expired = false
  const follow = () => controller.abort(signal?.reason)
  const timer = startPausableTimer(clock, milliseconds, () => {
    if (controller.signal.aborted) return
    expired = true
    controller.abort(new DOMException('The time limit was reached', 'TimeoutError'))
  })
  if (signal?.aborted === true) follow()
  signal?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    expired: () => expired,
    hold: timer.hold,
    [Symbol.dispose]: () => {
      timer.cancel()
      signal?.removeEventListener('abort', follow)
    },
  }
}

/** As much of a limit as a timer of the SDK can take; our own deadline is the one that counts. */
export function timerLimit(milliseconds: number): number {
  return Math.min(milliseconds, 2_147_483_647)
}
