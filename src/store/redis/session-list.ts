import { PolisError } from '../../core/error.ts'
import type { IndexPort } from '../index-port.ts'
import { pageOf } from '../page.ts'
import type { SessionRecord, SessionTurn } from '../session.ts'
import type { Answer } from './answer.ts'
import { type ListPlace, listPlace, lookThrough, readLook } from './look.ts'
import { plainOperation, readAll } from './operation.ts'
import { readTags, tagParts } from './record.ts'
import type { Shard } from './shard.ts'

/** Makes the reads of sessions. */
export function createSessionList({ read }: Shard): Pick<IndexPort, 'session' | 'sessions' | 'turns'> {
  return {
    session: (tenant, session) =>
      read(
        plainOperation(['session', tenant, session], (answer) =>
          answer.kind() === 'array' ? readSession(answer, tenant, session) : void answer.skip(),
        ),
      ),
    sessions: async (tenant, { agent, tags = {}, active }, page) => {
      const wantedTags = tagParts(tags)
      const look = (after: ListPlace | undefined, wanted: number) =>
        read(
          plainOperation(['sessions', tenant, agent, wantedTags, active, wanted, after], (answer) =>
            readLook(answer, (item) => readItem(item, tenant)),
          ),
        )
      const rows = await lookThrough(
        page.limit + 1,
        listPlace(page, ([session = '']) => session),
        look,
      )
      return pageOf(
        rows,
        page,
        ({ createdAt, session }) => [createdAt, session],
        (session) => session,
      )
    },
    turns: (tenant, session, from, limit) =>
      read(
        plainOperation(['turns', tenant, session, from, limit], (answer) =>
          readAll(answer, (each) => turnOf(each.text())),
        ),
      ),
  }
}

function readItem(answer: Answer, tenant: string): SessionRecord {
  answer.array()
  return readSession(answer, tenant, answer.text())
}

// In the order of the library's SESSION_FIELDS.
function readSession(answer: Answer, tenant: string, session: string): SessionRecord {
  answer.array()
  const [agent, createdAt, updatedAt] = [answer.text(), readCount(answer), readCount(answer)]
  const [version, state] = [readCount(answer), answer.bytes()]
  const [active, title, tags, ttl] = [answer.maybeText(), answer.maybeText(), readTags(answer), answer.maybeText()]
  return {
    ...{ tenant, session, agent, tags, state, version },
    ...(title === undefined ? {} : { title }),
    ...(ttl === undefined ? {} : { ttl: Number(ttl) }),
    ...(active === undefined ? {} : { active }),
    ...{ waiting: answer.number(), createdAt, updatedAt },
  }
}

function readCount(answer: Answer): number {
  return Number(answer.text())
}

/** A turn as the library keeps it: `place after last run`, the last entry being `-` while it lasts. */
export function turnOf(text: string): SessionTurn {
  const [, place, after, until, run] = /^(\d+) (\d+) (\S+) (.*)$/s.exec(text) ?? []
  if (run === undefined)
    throw new PolisError('STORE_CORRUPT', `Expected a turn of a session, got ${JSON.stringify(text)}`)
  return { place: Number(place), run, after: Number(after), ...(until === '-' ? {} : { until: Number(until) }) }
}
