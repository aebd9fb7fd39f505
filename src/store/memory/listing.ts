import type { BudgetRecord } from '../../core/budget.ts'
import { hasEnded, type RunRecord } from '../../core/run.ts'
import type { IndexPort, Page, Paged, QuestionFilter, ReleaseCount, RunFilter } from '../index-port.ts'
import type { Question } from '../journal.ts'
import { newestFirst, type Place, pageOf, placeAfter } from '../page.ts'
import type { SessionFilter, SessionRecord, SessionTurn } from '../session.ts'
import type { MemoryState, SessionRow } from './state.ts'
import { findSession } from './turn.ts'

/** The tenant's runs that the filter lets through, newest first. */
export function listRuns(state: MemoryState, tenant: string, filter: RunFilter, page: Page): Paged<RunRecord> {
  const records = [...state.runs.values()].map(({ record }) => record)
  const found = records.filter((record) => record.tenant === tenant && matches(record, filter))
  return listOf(found, page, ({ createdAt, run }) => [createdAt, run])
}

/** How many runs are open, by status and agent, over all tenants. */
export function countRuns(state: MemoryState): Awaited<ReturnType<IndexPort['counts']>> {
  const byAgent = Map.groupBy(openRuns(state), ({ agent }) => agent)
  return [...byAgent].flatMap(([agent, runs]) =>
    [...Map.groupBy(runs, ({ status }) => status)].map(([status, { length }]) => ({ status, agent, count: length })),
  )
}

/** How many runs are open, by agent and release, over all tenants. */
export function countReleases(state: MemoryState): readonly ReleaseCount[] {
  const byAgent = Map.groupBy(openRuns(state), ({ agent }) => agent)
  return [...byAgent].flatMap(([agent, runs]) =>
    [...Map.groupBy(runs, ({ release }) => release)].map(([release, { length }]) => ({
      agent,
      release,
      count: length,
    })),
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
  return listOf(found, page, (question) => [question.askedAt, question.run, question.id])
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
  return listOf(found, page, ({ createdAt, session }) => [createdAt, session])
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
  return listOf(found, page, (budget) => [budget.createdAt, budget.key])
}

function openRuns(state: MemoryState): readonly RunRecord[] {
  return [...state.runs.values()].map(({ record }) => record).filter(({ status }) => !hasEnded(status))
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

// Sorted anew for each page: what comes or goes elsewhere moves nothing.
function listOf<T>(items: readonly T[], page: Page, placeOf: (item: T) => Place): Paged<T> {
  const after = placeAfter(page)
  const rest = items.filter((item) => newestFirst(after, placeOf(item)) < 0)
  const sorted = rest.sort((a, b) => newestFirst(placeOf(a), placeOf(b)))
  return pageOf(sorted, page, placeOf, (item) => item)
}
