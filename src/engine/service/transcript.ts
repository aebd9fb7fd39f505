import { encodePlace } from '../../core/session-place.ts'
import { createTranscript, type TranscriptMessage } from '../../core/transcript.ts'
import type { SessionRecord, SessionTurn } from '../../store/session.ts'
import { findSession } from './dependencies.ts'
import type { FollowDependencies } from './follow.ts'
import { placeIn, readTurn } from './history.ts'
import type { Caller } from './service.ts'
import type { TranscriptPage, TranscriptView } from './session-service.ts'

/** Turns looked at together. */
const TURNS = 50

/** A page of the conversation in messages: whole turns until there are enough, and what there is of the one that goes on. */
export async function readTranscript(
  dependencies: FollowDependencies,
  { tenant }: Caller,
  session: string,
  { after, limit }: TranscriptPage,
): Promise<TranscriptView> {
  const record = await findSession(dependencies, tenant, session)
  const items: TranscriptMessage[] = []
  let place = placeIn(record, after)
  let unfinished: TranscriptView['unfinished']
  for (;;) {
    const turns = await dependencies.store.index.turns(tenant, session, place.turn, TURNS)
    for (const turn of turns) {
      if (items.length >= limit && turn.place > place.turn) {
        const position = encodePlace(place)
        return { items, position, cursor: position }
      }
      const from = turn.place > place.turn ? turn.after : place.sequence
      if (turn.until === undefined)
        unfinished = { run: turn.run, position: encodePlace({ ...place, turn: turn.place, sequence: turn.after }) }
      place = { ...place, turn: turn.place, sequence: await addTurn(dependencies, record, turn, from, items) }
    }
    if (turns.length < TURNS)
      return { items, position: encodePlace(place), ...(unfinished === undefined ? {} : { unfinished }) }
  }
}

// What a run said before is needed to tell what its end adds: it is read from the turn's beginning.
async function addTurn(
  dependencies: FollowDependencies,
  record: SessionRecord,
  turn: SessionTurn,
  from: number,
  items: TranscriptMessage[],
): Promise<number> {
  const transcript = createTranscript()
  let last = from
  for await (const { entry, place } of readTurn(dependencies, record, turn, turn.after)) {
    const messages = transcript(entry)
    if (place.sequence > from) items.push(...messages)
    last = Math.max(last, place.sequence)
  }
  return last
}
