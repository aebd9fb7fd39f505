import type { RunRecord } from '../../../core/run.ts'
import type { Page, Paged, RunFilter } from '../../index-port.ts'
import { pageOf, placeAfter } from '../../page.ts'
import type { Database, Value } from './database.ts'
import { type RunRow, recordOf } from './read.ts'

interface Row extends RunRow {
  readonly created_at: number
  readonly run: string
}

type Condition = readonly [sql: string, ...values: readonly Value[]]

/** A tenant's archived runs, newest first. */
export async function listRuns(
  database: Database,
  tenant: string,
  filter: RunFilter,
  page: Page,
): Promise<Paged<RunRecord>> {
  const [createdAt, run = ''] = placeAfter(page)
  const conditions: Condition[] = [
    ['tenant = ?', tenant],
    ['sealed = 1'],
    ['(created_at, run) < (?, ?)', createdAt, run],
    ...conditionsOf(tenant, filter),
  ]
  const rows = await database.all<Row>(
    `SELECT record, archived_at, created_at, run FROM runs WHERE ${conditions.map(([sql]) => sql).join(' AND ')}
     ORDER BY created_at DESC, run DESC LIMIT ?`,
    ...conditions.flatMap(([, ...values]) => values),
    page.limit + 1,
  )
  return pageOf(rows, page, (row) => [row.created_at, row.run], recordOf)
}

function conditionsOf(
  tenant: string,
  { agent, status, session, parent, release, tags = {}, createdFrom, createdTo }: RunFilter,
): readonly Condition[] {
  const is = (column: string, value: string | undefined): readonly Condition[] =>
    value === undefined ? [] : [[`${column} = ?`, value]]
  return [
    ...is('agent', agent),
    ...(status === undefined ? [] : [oneOf(status)]),
    ...is('session', session),
    ...is('parent', parent),
    ...is('release', release),
    ...Object.entries(tags).map((tag): Condition => [HAS_TAG, tenant, JSON.stringify(tag)]),
    ...(createdFrom === undefined ? [] : [['created_at >= ?', createdFrom] as const]),
    ...(createdTo === undefined ? [] : [['created_at < ?', createdTo] as const]),
  ]
}

function oneOf(statuses: readonly string[]): Condition {
  return statuses.length === 0 ? ['1 = 0'] : [`status IN (${statuses.map(() => '?').join(', ')})`, ...statuses]
}

const HAS_TAG = 'run IN (SELECT run FROM tags WHERE tenant = ? AND tag = ?)'
