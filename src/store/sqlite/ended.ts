import type { EndedRun, IndexPort } from '../index-port.ts'
import { pageOf, placeAfter } from '../page.ts'
import { costOf } from './costs.ts'
import type { Process } from './process.ts'
import { type RunRow, recordOf } from './run-row.ts'
import { turnOf } from './session-list.ts'
import { type EndedStatements, prepareEnded } from './sql/ended.ts'

/** The index port's list of runs that may leave the store. */
export function createEnded({ database, read }: Process): Pick<IndexPort, 'ended'> {
  const statements = prepareEnded(database)
  return {
    ended: (before, page) =>
      read(() => {
        const [time, tenant = '', run = ''] = page.cursor === undefined ? [-1] : placeAfter(page)
        const rows = statements.list.all(time, tenant, run, before, page.limit + 1)
        return pageOf(
          rows,
          page,
          (row) => [row.endedAt ?? 0, row.tenant, row.run],
          (row) => endedRun(statements, row),
        )
      }),
  }
}

function endedRun(statements: EndedStatements, row: RunRow): EndedRun {
  const { tenant, run } = row
  return {
    record: recordOf(row),
    blobs: statements.blobs.all(tenant, run).map(({ hash }) => hash),
    turns: statements.turns.all(tenant, run).map(turnOf),
    cost: costOf(statements.cost.get(tenant, run)),
  }
}
