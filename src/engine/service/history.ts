/**
 * The history of a session.
 *
 * Role: reads the journals of a session's runs as one stream, in the order of their turns, then follows the turn that goes on.
 * Boundary: knows turns and entries; what they mean is the reader's business.
 * Invariants:
 * 1. Each entry of a turn comes once and in order (G4); the place after it is enough to go on, from any process.
 * 2. A turn is read to its end before the next one (G7: runs do not overlap).
 * 3. Nothing is missed between a read and the wait for news: it is watched from before the read.
 */
import { decodePlace, encodePlace, type SessionPlace } from '../../core/session-place.ts'
import type { SessionRecord, SessionTurn } from '../../store/session.ts'
import { sessionTopic } from '../../store/session.ts'
import { decodeEntry } from '../journal-entry.ts'
import { findSession } from './dependencies.ts'
import { type FollowDependencies, watchChanges } from './follow.ts'
import type { Caller } from './service.ts'
import type { SessionEntry } from './session-service.ts'

const PAGE = 500
const TURNS = 50

/** An entry of a session's history, with where it stands. */
export interface PlacedEntry extends SessionEntry {
  readonly turn: SessionTurn
  readonly place: SessionPlace
}

/** What is read: until when, and whether the turn that goes on is followed. */
export interface HistoryOptions {
  readonly after: string | undefined
  readonly signal: AbortSignal
}

/** The entries after a place, then live, until the signal aborts or the session is removed. */
export async function* followSession(
  dependencies: FollowDependencies,
  { tenant }: Caller,
  session: string,
  { after, signal }: HistoryOptions,
): AsyncGenerator<PlacedEntry> {
  const { index } = dependencies.store
  const record = await findSession(dependencies, tenant, session)
  let { turn: place, sequence } = placeIn(record, after)
  using changes = watchChanges(dependencies, sessionTopic(session), signal)
  while (!signal.aborted) {
    const turns = await index.turns(tenant, session, place, TURNS)
    for (const turn of turns) {
      if (turn.place > place) sequence = turn.after
      place = turn.place
      for await (const entry of followTurn(dependencies, record, turn, sequence, signal)) {
        sequence = entry.place.sequence
        yield entry
      }
      if (signal.aborted) return
    }
    if (turns.length === TURNS) continue
    const now = await index.session(tenant, session)
    if (now?.createdAt !== record.createdAt) return
    // The turn that went on has ended, and another may have begun since.
    await changes.next()
  }
}

/** Where the reading of a session begins. A place of an earlier session of that name is none in this one. */
export function placeIn({ createdAt }: SessionRecord, after: string | undefined): SessionPlace {
  const place = after === undefined ? undefined : decodePlace(after)
  return place?.createdAt === createdAt ? place : { createdAt, turn: 0, sequence: 0 }
}

/** The entries that a turn has now, after a sequence. */
export async function* readTurn(
  { store }: Pick<FollowDependencies, 'store'>,
  { tenant, createdAt }: SessionRecord,
  turn: SessionTurn,
  after: number,
): AsyncGenerator<PlacedEntry> {
  const last = turn.until ?? Number.POSITIVE_INFINITY
  for (let sequence = after; sequence < last; ) {
    const page = await store.journal.read(tenant, turn.run, sequence, Math.min(PAGE, last - sequence))
    for (const entry of page) {
      sequence = entry.sequence
      const place = { createdAt, turn: turn.place, sequence }
      yield { turn, place, cursor: encodePlace(place), entry: await decodeEntry(store.blob, entry) }
    }
    if (page.length < PAGE) return
  }
}

async function* followTurn(
  dependencies: FollowDependencies,
  record: SessionRecord,
  turn: SessionTurn,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<PlacedEntry> {
  const { tenant, session } = record
  let sequence = after
  let known: SessionTurn | undefined = turn
  using changes = watchChanges(dependencies, turn.run, signal)
  while (known !== undefined && !signal.aborted) {
    for await (const entry of readTurn(dependencies, record, known, sequence)) {
      sequence = entry.place.sequence
      yield entry
      if (signal.aborted) return
    }
    if (known.until !== undefined) return
    await changes.next()
    const [now] = await dependencies.store.index.turns(tenant, session, turn.place, 1)
    known = now?.place === turn.place ? now : undefined
  }
}
