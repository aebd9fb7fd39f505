import type { Clock } from '../../../core/clock.ts'

/** Resolves after so many milliseconds, or when it is cut short. */
export function pause(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve()
    const done = () => {
      stop()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const stop = clock.setTimer(clock.now() + milliseconds, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}

/** Does something again and again, so many milliseconds after it was done. Returns what ends it. */
export function repeat(clock: Clock, delay: () => number, action: () => Promise<void>): () => void {
  let over = false
  let stop = () => {}
  const arm = () => {
    if (!over) stop = clock.setTimer(clock.now() + delay(), () => void action().then(arm))
  }
  arm()
  return () => {
    over = true
    stop()
  }
}
