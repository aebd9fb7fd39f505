import { Readable } from 'node:stream'
import type { Clock } from '../../core/clock.ts'
import type { DecodedEntry } from '../../core/entry.ts'
import type { RunView } from '../../core/route/wire.ts'
import type { TransientEvent } from '../../core/transient.ts'
import type { StreamLimits } from './dependency.ts'
import { endFrame, entryFrame, HEARTBEAT_FRAME, OPENING_FRAME, transientFrame } from './event-frame.ts'

/** What a stream of a run is made from. */
export interface EventSource {
  /** The journal's entries, in order, until the run has ended or the signal aborts. */
  entries(signal: AbortSignal): AsyncIterable<DecodedEntry>
  transients(listener: (event: TransientEvent) => void): () => void
  /** The run, asked for after its last entry; undefined when the stream was cut before the run had ended. */
  end(): Promise<RunView | undefined>
  readonly clock: Clock
  readonly limits: StreamLimits
  /** Ends the stream without `end`: the client comes back, here or elsewhere. */
  readonly signal: AbortSignal
}

/**
 * A run as a stream of server-sent events.
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
  const unsubscribe = source.transients((event) => writer.offer(transientFrame(event)))
  writer.stream.once('close', unsubscribe)
  writer.offer(OPENING_FRAME)
  pump(source, signal, writer).catch((reason) => writer.stream.destroy(reason))
  return writer.stream
}

async function pump(source: EventSource, signal: AbortSignal, writer: Writer): Promise<void> {
  for await (const entry of source.entries(signal)) {
    await writer.write(entryFrame(entry))
    if (signal.aborted) break
  }
  const run = signal.aborted ? undefined : await source.end()
  if (run !== undefined) await writer.write(endFrame(run))
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
