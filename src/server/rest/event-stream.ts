import { Readable } from 'node:stream'
import type { Clock } from '../../core/clock.ts'
import type { StreamLimits } from './dependency.ts'
import { HEARTBEAT_FRAME, OPENING_FRAME } from './event-frame.ts'

/** What a stream is made from: frames, as they are sent. */
export interface EventSource {
  /** Of the entries, in order, until there will be no more or the signal aborts. */
  entries(signal: AbortSignal): AsyncIterable<string>
  transients(listener: (frame: string) => void): () => void
  /** Asked for after the last entry; undefined when the stream was cut before its end. */
  end(): Promise<string | undefined>
  readonly clock: Clock
  readonly limits: StreamLimits
  /** Ends the stream without `end`: the client comes back, here or elsewhere. */
  readonly signal: AbortSignal
}

/**
 * Entries as a stream of server-sent events.
 *
 * Role: joins the journal, transient events and heartbeats into one stream. Boundary: knows no request and no store.
 * 1. Every entry is written once, in order; the next one is asked for only after the last one was taken (backpressure).
 * 2. Transient events and heartbeats are written only while the client keeps up; otherwise they are dropped.
 * 3. A client that takes nothing for `limits.stall` is dropped.
 * 4. However it ends, the source is told by its signal, the subscription ends, and no timer is left.
 */
export function createEventStream(source: EventSource): Readable {
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, source.signal])
  const writer = createWriter(source, () => stop.abort())
  const unsubscribe = source.transients((event) => writer.offer(event))
  writer.stream.once('close', unsubscribe)
  writer.offer(OPENING_FRAME)
  pump(source, signal, writer).catch((reason) => writer.stream.destroy(reason))
  return writer.stream
}

async function pump(source: EventSource, signal: AbortSignal, writer: Writer): Promise<void> {
  for await (const frame of source.entries(signal)) {
    await writer.write(frame)
    if (signal.aborted) break
  }
  const end = signal.aborted ? undefined : await source.end()
  if (end !== undefined) await writer.write(end)
  writer.stream.push(null)
}

interface Writer {
  readonly stream: Readable
  /** Writes, and resolves when the client may have more. */
  write(frame: string): Promise<void>
  /** Writes unless the client lags behind. */
  offer(frame: string): void
}

function createWriter({ clock, limits }: Pick<EventSource, 'clock' | 'limits'>, onClose: () => void): Writer {
  let waiting: PromiseWithResolvers<void> | undefined
  let cancelStall = () => {}
  let cancelHeartbeat = () => {}
  const resume = () => {
    cancelStall()
    waiting?.resolve()
    waiting = undefined
  }
  const stream = new Readable({
    highWaterMark: 64 * 1024,
    read: resume,
    destroy(error, done) {
      cancelHeartbeat()
      resume()
      onClose()
      done(error)
    },
  })
  const push = (frame: string) => {
    if (stream.destroyed || stream.readableEnded || stream.push(frame)) return
    waiting ??= Promise.withResolvers<void>()
    cancelStall()
    cancelStall = clock.setTimer(clock.now() + limits.stall, () => stream.destroy())
  }
  const offer = (frame: string) => {
    if (waiting === undefined) push(frame)
  }
  const beat = () => {
    offer(HEARTBEAT_FRAME)
    cancelHeartbeat = clock.setTimer(clock.now() + limits.heartbeat, beat)
  }
  cancelHeartbeat = clock.setTimer(clock.now() + limits.heartbeat, beat)
  return {
    stream,
    offer,
    async write(frame) {
      await waiting?.promise
      push(frame)
      await waiting?.promise
    },
  }
}
