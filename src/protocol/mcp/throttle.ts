import type { Readable } from 'node:stream'
import type { Clock } from '../../core/clock.ts'
import { createRate, type RateLimit } from './rate.ts'

/** Who reads. */
export interface ThrottleOptions {
  readonly clock: Clock
  readonly take: (chunk: Uint8Array) => void
  /** Told the first time that the stream has to wait. */
  readonly onSlow: () => void
}

/** Reads a stream at most at a rate of bytes: one that gives more is not read for a while, so that whoever writes it has to wait. */
export function throttle(stream: Readable, limit: RateLimit, { clock, take, onSlow }: ThrottleOptions): void {
  const rate = createRate(clock, limit)
  let slow = false
  let cancel = () => {}
  stream.once('close', () => cancel())
  stream.on('data', (chunk: Uint8Array) => {
    take(chunk)
    const wait = rate.add(chunk.byteLength)
    if (wait === 0 || stream.destroyed) return
    if (!slow) onSlow()
    slow = true
    stream.pause()
    cancel = clock.setTimer(clock.now() + wait, () => stream.resume())
  })
}
