import type { BudgetRecord } from '../../core/budget.ts'
import { PolisError } from '../../core/error.ts'
import { hasEnded, type RunRecord } from '../../core/run.ts'
import type { IndexPort, Page, Paged, QuestionFilter, RunFilter } from '../index-port.ts'
import type { Question } from '../journal.ts'
import type { SessionFilter, SessionRecord, SessionTurn } from '../session.ts'
import type { MemoryState, SessionRow } from './state.ts'
import { findSession } from './turn.ts'

/** The tenant's runs that the filter lets through, newest first. */
export function listRuns(state: MemoryState, tenant: string, filter: RunFilter, page: Page): Paged<RunRecord> {
  const records = [...state.runs.values()].map(({ record }) => record)
  const found = records.filter((record) => record.tenant === tenant && matches(record, filter))
  return pageOf(found, page, ({ createdAt, run }) => [createdAt, run])
}

/** How many runs are open, by status and agent, over all tenants. */
export function countRuns(state: MemoryState): Awaited<ReturnType<IndexPort['counts']>> {
  const open = [...state.runs.values()].map(({ record }) => record).filter(({ status }) => !hasEnded(status))
  const byAgent = Object.entries(Object.groupBy(open, ({ agent }) => agent))
  return byAgent.flatMap(([agent, runs = []]) =>
    [...Map.groupBy(runs, ({ status }) => status)].map(([status, { length }]) => ({ status, agent, count: length })),
  )
}

/** The tenant's open questions, newest first. */
export function listQuestions(
  state: MemoryState,
  tenant: string,
  { run, agent, assignee }: QuestionFilter,
  page: Page,
): Paged<Question> {
  const found = [...state.questions.values()].filter(
    (question) =>
      question.tenant === tenant &&
      (run === undefined || question.run === run) &&
      (agent === undefined || question.agent === agent) &&
      (assignee === undefined || question.assignee === assignee),
  )
  return pageOf(found, page, (question) => [question.askedAt, question.run, question.id])
}

/** One session. */
export function getSession(state: MemoryState, tenant: string, session: string): SessionRecord | undefined {
  const row = findSession(state, tenant, session)
  return row === undefined ? undefined : sessionRecord(row)
}

/** The tenant's sessions that the filter lets through, newest first. */
export function listSessions(
  state: MemoryState,
  tenant: string,
  { agent, tags = {}, active }: SessionFilter,
  page: Page,
): Paged<SessionRecord> {
  const found = [...state.sessions.values()]
    .map(sessionRecord)
    .filter(
      (row) =>
        row.tenant === tenant &&
        (agent === undefined || row.agent === agent) &&
        (active === undefined || active === (row.active !== undefined)) &&
        Object.entries(tags).every(([name, value]) => row.tags[name] === value),
    )
  return pageOf(found, page, ({ createdAt, session }) => [createdAt, session])
}

/** The session's turns from a place on, in order. */
export function listTurns(
  state: MemoryState,
  tenant: string,
  session: string,
  from: number,
  limit: number,
): readonly SessionTurn[] {
  const turns = findSession(state, tenant, session)?.turns ?? []
  return turns.filter(({ place }) => place >= from).slice(0, limit)
}

/** The tenant's budgets, newest first. */
export function listBudgets(
  state: MemoryState,
  tenant: string,
  { key }: { readonly key?: string },
  page: Page,
): Paged<BudgetRecord> {
  const found = [...state.budgets.values()].filter(
    (budget) => budget.tenant === tenant && (key === undefined || budget.key === key),
  )
  return pageOf(found, page, (budget) => [budget.createdAt, budget.key])
}

function matches(record: RunRecord, filter: RunFilter): boolean {
  const { agent, status, session, parent, release, tags = {}, createdFrom, createdTo } = filter
  return (
    (agent === undefined || record.agent === agent) &&
    (status === undefined || status.includes(record.status)) &&
    (session === undefined || record.session === session) &&
    (parent === undefined || record.parent?.run === parent) &&
    (release === undefined || record.release === release) &&
    Object.entries(tags).every(([name, value]) => record.tags[name] === value) &&
    (createdFrom === undefined || record.createdAt >= createdFrom) &&
    (createdTo === undefined || record.createdAt < createdTo)
  )
}

function sessionRecord({ before, blocked, named, turns, counted, ...row }: SessionRow): SessionRecord {
  return { ...row, waiting: blocked.length }
}

type Place = readonly (number | string)[]

// A cursor is the place of the last item given, so that what comes or goes elsewhere moves nothing.
function pageOf<T>(items: readonly T[], { limit, cursor }: Page, placeOf: (item: T) => Place): Paged<T> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const rest = items
    .filter((item) => after === undefined || newestFirst(after, placeOf(item)) < 0)
    .sort((a, b) => newestFirst(placeOf(a), placeOf(b)))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return rest.length > limit && last !== undefined
    ? { items: page, cursor: encodeCursor(placeOf(last)) }
    : { items: page }
}

function newestFirst(a: Place, b: Place): number {
  const index = a.findIndex((part, at) => part !== b[at])
  const [x = 0, y = 0] = [a[index], b[index]]
  return index < 0 ? 0 : x > y ? -1 : 1
}

function encodeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function decodeCursor(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && place.every((part) => typeof part === 'string' || typeof part === 'number'))
      return place
  } catch {
    // Whatever it is, it is not a cursor of ours.
  }
  throw new PolisError('INVALID_ARGUMENT', `Expected a cursor from an earlier page, got ${JSON.stringify(cursor)}`)
}
