import type { IndexPort } from '../index-port.ts'
import type { Process } from './process.ts'
import { createQuestionList, questionOf } from './question-list.ts'
import { createRunList } from './run-list.ts'
import { recordOf } from './run-row.ts'
import { createSessionList, sessionOf, turnOf } from './session-list.ts'
import { prepareListing } from './sql/listing.ts'

type Listing = Pick<
  IndexPort,
  'get' | 'list' | 'counts' | 'releases' | 'question' | 'questions' | 'session' | 'sessions' | 'turns'
>

/** The reads of the index port. */
export function createListing({ database, work, read }: Process): Listing {
  const statements = prepareListing(database)
  const listRuns = createRunList(database)
  const listQuestions = createQuestionList(database)
  const listSessions = createSessionList(database, work)
  return {
    get: (tenant, run) =>
      read(() => {
        const row = work.runs.get.get(tenant, run)
        return row === undefined ? undefined : recordOf(row)
      }),
    list: (tenant, filter, page) => read(() => listRuns(tenant, filter, page)),
    counts: () =>
      read(() =>
        sum(
          [
            ...statements.tenants.all().flatMap(({ tenant }) => statements.counts.all(tenant)),
            ...statements.running.all(),
          ],
          ({ agent, status }) => `${status} ${agent}`,
        ),
      ),
    releases: () =>
      read(() =>
        sum(
          [
            ...statements.tenants.all().flatMap(({ tenant }) => statements.releases.all(tenant)),
            ...statements.runningReleases.all(),
          ],
          ({ agent, release }) => `${agent}:${release}`,
        ),
      ),
    question: (tenant, run, id) =>
      read(() => {
        const row = statements.question.get(tenant, run, id)
        return row === undefined ? undefined : questionOf(row)
      }),
    questions: (tenant, filter, page) => read(() => listQuestions(tenant, filter, page)),
    session: (tenant, session) =>
      read(() => {
        const row = work.sessions.get.get(tenant, session)
        return row === undefined ? undefined : sessionOf(work, row)
      }),
    sessions: (tenant, filter, page) => read(() => listSessions(tenant, filter, page)),
    turns: (tenant, session, from, limit) =>
      read(() => work.sessions.turns.all(tenant, session, from, limit).map(turnOf)),
  }
}

// One row for each name, with the counts of all.
function sum<Row extends { readonly count: number }>(rows: readonly Row[], nameOf: (row: Row) => string): Row[] {
  return [...Map.groupBy(rows, nameOf).values()].flatMap((same) => {
    const [first] = same
    return first === undefined ? [] : [{ ...first, count: same.reduce((total, { count }) => total + count, 0) }]
  })
}
