import { createParser } from 'eventsource-parser'
import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { RunEvent } from '../core/route/wire.ts'
import { toSent } from './operation-call.ts'
import { abortable } from './pause.ts'
import { delayOf, isTemporary, type Transport } from './transport.ts'

/** Where following begins, and when it is given up. */
export interface FollowOptions {
  /** Sequence number of the last entry that is known; 0, the default, for all. */
  readonly after?: number
  readonly signal?: AbortSignal
}

/** What following needs. */
export interface FollowDependencies {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: () => number
}

// Attempts without one new event before a connection is given up: some twenty minutes at the longest delay.
const ATTEMPTS = 120
// The server says something every 15 s. A connection that is silent for three times as long is dead.
const SILENCE = 45_000

/**
 * Follows a run until it has ended: every journal entry after `after` once and in order (G4), transient events as they come, and last
 * the run itself.
 *
 * A connection that is lost, or silent, is made again from the last entry seen, with growing delays. Throws NOT_FOUND and the like as
 * the server says, and the signal's reason when it aborts.
 */
export async function* followRun(
  run: string,
  { after = 0, signal }: FollowOptions,
  dependencies: FollowDependencies,
): AsyncGenerator<RunEvent, void> {
  const { clock, random } = dependencies
  let last = after
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const lost = yield* connectOnce(run, last, signal, dependencies, (sequence) => {
      last = sequence
      attempt = 0
    })
    if (lost === undefined) return
    if (attempt === ATTEMPTS) throw lost
    await abortable(clock, delayOf(lost, Math.max(attempt, 1), random), signal)
  }
}

/** One connection; answers why it was lost, or undefined after `end`. */
async function* connectOnce(
  run: string,
  after: number,
  signal: AbortSignal | undefined,
  { transport, clock }: FollowDependencies,
  advance: (sequence: number) => void,
): AsyncGenerator<RunEvent, PolisError | undefined> {
  const watch = createWatch(clock, signal)
  let last = after
  try {
    const response = await transport(request(run, after, watch.signal))
    for await (const event of readEvents(response, watch.heard)) {
      if ('sequence' in event) {
        if (event.sequence <= last) continue
        // A gap cannot be: whatever stands between has lost something. The journal still has it.
        if (event.sequence !== last + 1) return lost(`entry ${event.sequence} came after ${last}`)
        last = event.sequence
        advance(last)
      }
      yield event
      if (event.kind === 'end') return undefined
    }
    signal?.throwIfAborted()
    return lost('it ended before the run')
  } catch (reason) {
    signal?.throwIfAborted()
    const error = PolisError.from(reason, 'UNREACHABLE')
    if (isTemporary(error)) return error
    throw error
  } finally {
    watch.close()
  }
}

function request(run: string, after: number, signal: AbortSignal) {
  const sent = toSent('followRun', { params: { run } }, { signal })
  // This function has its own way of trying again.
  return { ...sent, repeatable: false, headers: { accept: 'text/event-stream', 'last-event-id': String(after) } }
}

async function* readEvents(response: Response, heard: () => void): AsyncGenerator<RunEvent> {
  const events: RunEvent[] = []
  const parser = createParser({ onEvent: ({ data }) => void events.push(JSON.parse(data) as RunEvent) })
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

function createWatch(clock: Clock, outer: AbortSignal | undefined): Watch {
  const silent = new AbortController()
  const arm = () => clock.setTimer(clock.now() + SILENCE, () => silent.abort(lost('it was silent for too long')))
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

function lost(why: string): PolisError {
  return new PolisError('UNREACHABLE', `The stream of the run was lost: ${why}`)
}
