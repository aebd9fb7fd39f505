import type { IndexPort, SessionRecord } from '../index-port.ts'
import type { Question } from '../journal.ts'
import { pageOf, placeAfter } from './page.ts'
import type { Process } from './process.ts'
import { createRunList } from './run-list.ts'
import { recordOf } from './run-row.ts'
import { prepareListing, type QuestionRow } from './sql/listing.ts'
import type { SessionRow } from './sql/session.ts'
import type { Work } from './work.ts'

type Listing = Pick<IndexPort, 'get' | 'list' | 'counts' | 'questions' | 'session' | 'sessions'>

/** The reads of the index port. */
export function createListing({ database, work, read }: Process): Listing {
  const statements = prepareListing(database)
  const listRuns = createRunList(database)
  return {
    get: (tenant, run) =>
      read(() => {
        const row = work.runs.get.get(tenant, run)
        return row === undefined ? undefined : recordOf(row)
      }),
    list: (tenant, filter, page) => read(() => listRuns(tenant, filter, page)),
    counts: () =>
      read(() =>
        sum([
          ...statements.tenants.all().flatMap(({ tenant }) => statements.counts.all(tenant)),
          ...statements.running.all(),
        ]),
      ),
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

function questionOf({ deadline, ...question }: QuestionRow): Question {
  return deadline === null ? question : { ...question, deadline }
}

function sessionOf(work: Work, { active, ...row }: SessionRow): SessionRecord {
  const waiting = work.runs.countBlocked.get(row.tenant, row.session)?.count ?? 0
  return { ...row, ...(active === null ? undefined : { active }), waiting }
}
