import { RUN_STATUSES, type RunRecord } from '../../core/run.ts'
import type { IndexPort, Page, Paged, RunFilter, SessionRecord } from '../index-port.ts'
import type { Question } from '../journal.ts'
import { pageOf, placeAfter } from './page.ts'
import type { Process } from './process.ts'
import { type RunRow, recordOf } from './run-row.ts'
import { prepareListing, type QuestionRow } from './sql/listing.ts'
import type { SessionRow } from './sql/session.ts'
import { prepare, type Statement, type Value } from './statement.ts'
import type { Work } from './work.ts'

type Listing = Pick<IndexPort, 'get' | 'list' | 'counts' | 'questions' | 'session' | 'sessions'>

/** The reads of the index port. */
export function createListing({ database, work, read }: Process): Listing {
  const statements = prepareListing(database)
  const prepared = new Map<string, Statement<RunRow>>()
  const statementOf = (sql: string) => {
    const statement = prepared.get(sql) ?? prepare<RunRow>(database, sql)
    prepared.set(sql, statement)
    return statement
  }
  return {
    get: (tenant, run) =>
      read(() => {
        const row = work.runs.get.get(tenant, run)
        return row === undefined ? undefined : recordOf(row)
      }),
    list: (tenant, filter, page) => read(() => listRuns(statementOf, tenant, filter, page)),
    counts: () => read(() => statements.tenants.all().flatMap(({ tenant }) => statements.counts.all(tenant))).then(sum),
    questions: (tenant, { run }, page) =>
      read(() => {
        const [askedAt, afterRun, id] = placeAfter(page)
        const rows = statements.questions.all(tenant, askedAt, afterRun ?? '', id ?? '', run ?? null, page.limit + 1)
        return pageOf(rows, page, (row) => [row.askedAt, row.run, row.id], questionOf)
      }),
    session: (tenant, session) =>
      read(() => {
        const row = work.sessions.get.get(tenant, session)
        return row === undefined ? undefined : sessionOf(work, row)
      }),
    sessions: (tenant, page) =>
      read(() => {
        const [createdAt, session] = placeAfter(page)
        const rows = work.sessions.list.all(tenant, createdAt, session ?? '', page.limit + 1)
        return pageOf(
          rows,
          page,
          (row) => [row.createdAt, row.session],
          (row) => sessionOf(work, row),
        )
      }),
  }
}

type Counts = Awaited<ReturnType<IndexPort['counts']>>

function sum(counts: Counts): Counts {
  const byAgent = Map.groupBy(counts, ({ agent, status }) => `${status} ${agent}`)
  return [...byAgent.values()].flatMap((same) => {
    const [first] = same
    return first === undefined ? [] : [{ ...first, count: same.reduce((total, { count }) => total + count, 0) }]
  })
}

/**
 * Lists runs by the index that fits the filter best, so that a page costs what it holds: by session, parent, tag or agent; else by
 * status, whose lists, each newest first, are merged.
 */
function listRuns(
  statementOf: (sql: string) => Statement<RunRow>,
  tenant: string,
  filter: RunFilter,
  page: Page,
): Paged<RunRecord> {
  const [createdAt, run] = placeAfter(page)
  const { sql, values } = queryOf(tenant, filter)
  const statement = statementOf(sql)
  const byStatus = byStatusOnly(filter) ? (filter.status ?? RUN_STATUSES) : [undefined]
  const rows = byStatus.flatMap((status) =>
    statement.all(...(status === undefined ? [] : [status]), createdAt, run ?? '', ...values, page.limit + 1),
  )
  if (byStatus.length > 1) rows.sort((a, b) => b.createdAt - a.createdAt || (a.run < b.run ? 1 : -1))
  return pageOf(rows, page, (row) => [row.createdAt, row.run], recordOf)
}

// One agent's runs of any status lie together; those of one status are found among that status's.
function byStatusOnly({ session, parent, tags = {}, agent, status }: RunFilter): boolean {
  const isFound = session !== undefined || parent !== undefined || Object.keys(tags).length > 0
  return !isFound && (agent === undefined || status !== undefined)
}

function queryOf(tenant: string, filter: RunFilter): { readonly sql: string; readonly values: readonly Value[] } {
  const { session, parent, tags = {}, agent, status, release, createdFrom, createdTo } = filter
  const [tag, ...otherTags] = Object.entries(tags)
  const conditions: string[] = []
  const values: Value[] = []
  const add = (condition: string, ...value: readonly Value[]) => {
    conditions.push(condition)
    values.push(...value)
  }
  add('r.tenant = ?', tenant)
  if (session !== undefined) add('r.session = ?', session)
  if (parent !== undefined) add('r.parentRun = ?', parent)
  if (agent !== undefined) add('r.agent = ?', agent)
  if (status !== undefined && !byStatusOnly(filter)) {
    add('r.status IN (SELECT value FROM json_each(?))', JSON.stringify(status))
  }
  if (release !== undefined) add('r.release = ?', release)
  if (createdFrom !== undefined) add('r.createdAt >= ?', createdFrom)
  if (createdTo !== undefined) add('r.createdAt < ?', createdTo)
  for (const [name, value] of otherTags) {
    add(
      `EXISTS (SELECT 1 FROM run_tags AS o WHERE o.tenant = r.tenant AND o.name = ? AND o.value = ?
           AND o.createdAt = r.createdAt AND o.run = r.run)`,
      name,
      value,
    )
  }
  if (tag !== undefined) add('t.tenant = ? AND t.name = ? AND t.value = ?', tenant, ...tag)
  return { sql: selectFrom(filter, tag !== undefined, conditions), values }
}

function selectFrom(filter: RunFilter, isTagged: boolean, conditions: readonly string[]): string {
  const { session, parent } = filter
  const index = session !== undefined ? 'runs_session' : parent !== undefined ? 'runs_parent' : 'runs_agent'
  const place = isTagged ? 't' : 'r'
  const from = isTagged
    ? 'run_tags AS t CROSS JOIN runs AS r ON r.tenant = t.tenant AND r.run = t.run'
    : `runs AS r INDEXED BY ${byStatusOnly(filter) ? 'runs_status' : index}`
  return `SELECT r.* FROM ${from}
    WHERE ${byStatusOnly(filter) ? 'r.status = ? AND ' : ''}(${place}.createdAt, ${place}.run) < (?, ?)
      AND ${conditions.join(' AND ')}
    ORDER BY ${place}.createdAt DESC, ${place}.run DESC LIMIT ?`
}

function questionOf({ deadline, ...question }: QuestionRow): Question {
  return deadline === null ? question : { ...question, deadline }
}

function sessionOf(work: Work, { active, ...row }: SessionRow): SessionRecord {
  const waiting = work.runs.countBlocked.get(row.tenant, row.session)?.count ?? 0
  return { ...row, ...(active === null ? undefined : { active }), waiting }
}
