import type { DatabaseSync } from 'node:sqlite'
import type { Page, Paged } from '../index-port.ts'
import { pageOf, placeAfter } from '../page.ts'
import type { SessionFilter, SessionRecord, SessionTurn } from '../session.ts'
import { type Condition, createPrepared, joined } from './filtered.ts'
import { SESSION_COLUMNS, type SessionRow, type TurnRow } from './sql/session.ts'
import type { Work } from './work.ts'

/** Lists a tenant's sessions, newest first. */
export type SessionList = (tenant: string, filter: SessionFilter, page: Page) => Paged<SessionRecord>

/** Makes the list of sessions: by tag, agent or whether one is active from an index, else from the one of all. */
export function createSessionList(database: DatabaseSync, work: Work): SessionList {
  const statementOf = createPrepared<SessionRow>(database)
  return (tenant, filter, page) => {
    const [createdAt, session] = placeAfter(page)
    const { from, place, conditions } = sourceOf(filter)
    const { where, values } = joined([[`${place}.tenant = ?`, tenant], ...conditions, ...conditionsOf(filter)])
    const sql = `SELECT ${SESSION_COLUMNS} FROM ${from}
      WHERE ${where} AND (${place}.createdAt, ${place}.session) < (?, ?)
      ORDER BY ${place}.createdAt DESC, ${place}.session DESC LIMIT ?`
    const rows = statementOf(sql).all(...values, createdAt, session ?? '', page.limit + 1)
    return pageOf(
      rows,
      page,
      (row) => [row.createdAt, row.session],
      (row) => sessionOf(work, row),
    )
  }
}

/** The row's record, with only those optional parts that it has. */
export function sessionOf(work: Work, { active, title, tags, ttl, ...row }: SessionRow): SessionRecord {
  return {
    ...row,
    ...(title === null ? undefined : { title }),
    tags: tags === null ? {} : JSON.parse(tags),
    ...(ttl === null ? undefined : { ttl }),
    ...(active === null ? undefined : { active }),
    waiting: work.runs.countBlocked.get(row.tenant, row.session)?.count ?? 0,
  }
}

/** The row's turn. */
export function turnOf({ until, ...turn }: TurnRow): SessionTurn {
  return until === null ? turn : { ...turn, until }
}

// From where sessions are read: rows `s`, newest first by the time and id of `place`.
interface Source {
  readonly from: string
  readonly place: 's' | 't'
  readonly conditions: readonly Condition[]
}

function sourceOf({ tags = {}, agent, active }: SessionFilter): Source {
  const [tag] = Object.entries(tags)
  if (tag !== undefined) {
    const from = 'session_tags AS t CROSS JOIN sessions AS s ON s.tenant = t.tenant AND s.session = t.session'
    return { from, place: 't', conditions: [['t.name = ? AND t.value = ?', ...tag]] }
  }
  const index = active === true ? 'sessions_active' : agent === undefined ? 'sessions_created' : 'sessions_agent'
  return { from: `sessions AS s INDEXED BY ${index}`, place: 's', conditions: [] }
}

function conditionsOf({ tags = {}, agent, active }: SessionFilter): readonly Condition[] {
  const conditions: Condition[] = []
  if (agent !== undefined) conditions.push(['s.agent = ?', agent])
  if (active !== undefined) conditions.push([active ? 's.active IS NOT NULL' : 's.active IS NULL'])
  for (const tag of Object.entries(tags).slice(1)) conditions.push([HAS_TAG, ...tag])
  return conditions
}

const HAS_TAG = `EXISTS (SELECT 1 FROM session_tags AS o WHERE o.tenant = s.tenant AND o.name = ? AND o.value = ?
  AND o.createdAt = s.createdAt AND o.session = s.session)`
