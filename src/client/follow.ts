import type { RunEvent, SessionEvent } from '../core/route/wire.ts'
import { toSent } from './operation-call.ts'
import { type EventSource, type FollowDependencies, followEvents } from './stream.ts'

/** Where following begins, and when it is given up. */
export interface FollowOptions {
  /** Sequence number of the last entry that is known; 0, the default, for all. */
  readonly after?: number
  readonly signal?: AbortSignal
}

/** Where the following of a session begins, and when it is given up. */
export interface SessionFollowOptions {
  /** Cursor of the last event that is known, or the `position` of a page of messages; by default the beginning. */
  readonly after?: string
  readonly signal?: AbortSignal
}

/**
 * Follows a run until it has ended: every journal entry after `after` once and in order (G4), transient events as they come, and last
 * the run itself. See `followEvents`.
 */
export function followRun(
  run: string,
  { after = 0, signal }: FollowOptions,
  dependencies: FollowDependencies,
): AsyncGenerator<RunEvent, void> {
  return followEvents(runSource(run), after, signal, dependencies)
}

/**
 * Follows a session: every entry of its runs after a place once, in the order of their turns, and transient events as they come, until
 * the session is removed or the signal aborts. See `followEvents`.
 */
export function followSession(
  session: string,
  { after = '', signal }: SessionFollowOptions,
  dependencies: FollowDependencies,
): AsyncGenerator<SessionEvent, void> {
  return followEvents(sessionSource(session), after, signal, dependencies)
}

function runSource(run: string): EventSource<RunEvent, number> {
  return {
    what: 'run',
    // This function has its own way of trying again.
    request: (after, signal) => ({
      ...toSent('followRun', { params: { run } }, { signal }),
      repeatable: false,
      headers: { accept: 'text/event-stream', 'last-event-id': String(after) },
    }),
    placeOf: (event) => ('sequence' in event ? event.sequence : undefined),
    judge(sequence, last) {
      if (sequence <= last) return 'seen'
      return sequence === last + 1 ? 'next' : { missing: `entry ${sequence} came after ${last}` }
    },
  }
}

function sessionSource(session: string): EventSource<SessionEvent, string> {
  return {
    what: 'session',
    request: (after, signal) => ({
      ...toSent('followSession', { params: { session } }, { signal }),
      repeatable: false,
      headers: { accept: 'text/event-stream', ...(after === '' ? {} : { 'last-event-id': after }) },
    }),
    placeOf: (event) => ('cursor' in event ? event.cursor : undefined),
    judge: (cursor, last) => (cursor === last ? 'seen' : 'next'),
  }
}
