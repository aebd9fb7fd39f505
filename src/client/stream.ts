import { createParser } from 'eventsource-parser'
import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import { abortable } from '../core/pause.ts'
import { delayOf, isTemporary, type Sent, type Transport } from './transport.ts'

/** What following needs. */
export interface FollowDependencies {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: () => number
}

/** A stream of server-sent events that can be taken up again from a place. */
export interface EventSource<Event, Place> {
  /** In messages: the run, the session. */
  readonly what: string
  request(after: Place, signal: AbortSignal): Sent
  /** The place after an event; undefined for one that is not repeated. */
  placeOf(event: Event): Place | undefined
  /** How an event with a place stands to the last one: `next`, `seen` already, or why something between them is missing. */
  judge(place: Place, last: Place): 'next' | 'seen' | { readonly missing: string }
}

// Attempts without one new event before a connection is given up: some twenty minutes at the longest delay.
const ATTEMPTS = 120
// The server says something every 15 s. A connection that is silent for three times as long is dead.
const SILENCE = 45_000

/**
 * Follows a stream until its `end`: every event with a place after `start` once and in order, others as they come.
 *
 * A connection that is lost, or silent, is made again from the last place, with growing delays. Throws NOT_FOUND and the like as the
 * server says, and the signal's reason when it aborts.
 */
export async function* followEvents<Event extends { readonly kind: string }, Place>(
  source: EventSource<Event, Place>,
  start: Place,
  signal: AbortSignal | undefined,
  dependencies: FollowDependencies,
): AsyncGenerator<Event, void> {
  const { clock, random } = dependencies
  let last = start
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const lost = yield* connectOnce(source, last, signal, dependencies, (place) => {
      last = place
      attempt = 0
    })
    if (lost === undefined) return
    if (attempt === ATTEMPTS) throw lost
    await abortable(clock, delayOf(lost, Math.max(attempt, 1), random), signal)
  }
}

/** One connection; answers why it was lost, or undefined after `end`. */
async function* connectOnce<Event extends { readonly kind: string }, Place>(
  source: EventSource<Event, Place>,
  after: Place,
  signal: AbortSignal | undefined,
  { transport, clock }: FollowDependencies,
  advance: (place: Place) => void,
): AsyncGenerator<Event, PolisError | undefined> {
  const watch = createWatch(source.what, clock, signal)
  let last = after
  try {
    const response = await transport(source.request(after, watch.signal))
    for await (const event of readEvents<Event>(response, watch.heard)) {
      const place = source.placeOf(event)
      if (place !== undefined) {
        const judged = source.judge(place, last)
        if (judged === 'seen') continue
        // A gap cannot be: whatever stands between has lost something. The journal still has it.
        if (judged !== 'next') return lost(source.what, judged.missing)
        last = place
        advance(last)
      }
      yield event
      if (event.kind === 'end') return undefined
    }
    signal?.throwIfAborted()
    return lost(source.what, 'it ended too early')
  } catch (reason) {
    signal?.throwIfAborted()
    const error = PolisError.from(reason, 'UNREACHABLE')
    if (isTemporary(error)) return error
    throw error
  } finally {
    watch.close()
  }
}

async function* readEvents<Event>(response: Response, heard: () => void): AsyncGenerator<Event> {
  const events: Event[] = []
  const parser = createParser({ onEvent: ({ data }) => void events.push(JSON.parse(data) as Event) })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) return
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      heard()
      parser.feed(read.value)
      yield* events.splice(0)
    }
  } finally {
    // Whoever stops reading in the middle lets the server know.
    await reader.cancel().catch(() => {})
  }
}

interface Watch {
  readonly signal: AbortSignal
  heard(): void
  close(): void
}

function createWatch(what: string, clock: Clock, outer: AbortSignal | undefined): Watch {
  const silent = new AbortController()
  const arm = () => clock.setTimer(clock.now() + SILENCE, () => silent.abort(lost(what, 'it was silent for too long')))
  let cancel = arm()
  return {
    signal: outer === undefined ? silent.signal : AbortSignal.any([outer, silent.signal]),
    heard() {
      cancel()
      cancel = arm()
    },
    close() {
      cancel()
      silent.abort()
    },
  }
}

function lost(what: string, why: string): PolisError {
  return new PolisError('UNREACHABLE', `The stream of the ${what} was lost: ${why}`)
}
