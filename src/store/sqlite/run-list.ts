import type { DatabaseSync } from 'node:sqlite'
import { RUN_STATUSES, type RunRecord, type RunStatus } from '../../core/run.ts'
import type { Page, Paged, RunFilter } from '../index-port.ts'
import { pageOf, placeAfter } from '../page.ts'
import { type Condition, createPrepared, joined } from './filtered.ts'
import { type RunRow, recordOf } from './run-row.ts'

/** Lists a tenant's runs, newest first. */
export type RunList = (tenant: string, filter: RunFilter, page: Page) => Paged<RunRecord>

/**
 * Makes the list of runs.
 *
 * It reads the index that fits the filter best, so that a page costs what it holds: by tag, session, parent or agent; else by
 * status, whose lists, each newest first, are merged. Statements are prepared once for each shape of filter.
 */
export function createRunList(database: DatabaseSync): RunList {
  const statementOf = createPrepared<RunRow>(database)
  return (tenant, filter, page) => {
    const [createdAt, run] = placeAfter(page)
    const sources = sourcesOf(filter)
    const rows = sources.flatMap((source) => {
      const { sql, values } = queryOf(source, tenant, filter)
      return statementOf(sql).all(...values, createdAt, run ?? '', page.limit + 1)
    })
    if (sources.length > 1) rows.sort((a, b) => b.createdAt - a.createdAt || (a.run < b.run ? 1 : -1))
    return pageOf(rows, page, (row) => [row.createdAt, row.run], recordOf)
  }
}

// From where runs are read: rows `r`, newest first by the time and id of `place`.
interface Source {
  readonly from: string
  readonly place: 'r' | 't'
  readonly conditions: readonly Condition[]
}

function sourcesOf({ session, parent, tags = {}, agent, status }: RunFilter): readonly Source[] {
  const [tag] = Object.entries(tags)
  const statuses = new Set(status ?? RUN_STATUSES)
  if (tag !== undefined)
    return [{ ...TAGGED, conditions: [['t.tenant = r.tenant AND t.name = ? AND t.value = ?', ...tag]] }]
  if (session !== undefined) return [byIndex('runs_session')]
  if (parent !== undefined) return [byIndex('runs_parent')]
  // One agent's runs of any status lie together; those of one status are found among that status's.
  if (agent !== undefined && status === undefined) return [byIndex('runs_agent')]
  return [...statuses].map(byStatus)
}

const TAGGED = {
  from: 'run_tags AS t CROSS JOIN runs AS r ON r.tenant = t.tenant AND r.run = t.run',
  place: 't',
} as const

function byStatus(status: RunStatus): Source {
  if (status === 'running') return byIndex('runs_worker', ['r.worker IS NOT NULL'])
  return byIndex('runs_status', ["r.status <> 'running' AND r.status = ?", status])
}

function byIndex(index: string, ...conditions: readonly Condition[]): Source {
  return { from: `runs AS r INDEXED BY ${index}`, place: 'r', conditions }
}

function queryOf({ from, place, conditions }: Source, tenant: string, filter: RunFilter) {
  const { where, values } = joined([[`${place}.tenant = ?`, tenant], ...conditions, ...conditionsOf(filter)])
  const sql = `SELECT r.* FROM ${from}
    WHERE ${where} AND (${place}.createdAt, ${place}.run) < (?, ?)
    ORDER BY ${place}.createdAt DESC, ${place}.run DESC LIMIT ?`
  return { sql, values }
}

function conditionsOf(filter: RunFilter): readonly Condition[] {
  const { session, parent, tags = {}, agent, status, release, createdFrom, createdTo } = filter
  const conditions: Condition[] = []
  if (session !== undefined) conditions.push(['r.session = ?', session])
  if (parent !== undefined) conditions.push(['r.parentRun = ?', parent])
  if (agent !== undefined) conditions.push(['r.agent = ?', agent])
  if (status !== undefined) conditions.push(['r.status IN (SELECT value FROM json_each(?))', JSON.stringify(status)])
  if (release !== undefined) conditions.push(['r.release = ?', release])
  if (createdFrom !== undefined) conditions.push(['r.createdAt >= ?', createdFrom])
  if (createdTo !== undefined) conditions.push(['r.createdAt < ?', createdTo])
  for (const tag of Object.entries(tags).slice(1)) conditions.push([HAS_TAG, ...tag])
  return conditions
}

const HAS_TAG = `EXISTS (SELECT 1 FROM run_tags AS o WHERE o.tenant = r.tenant AND o.name = ? AND o.value = ?
  AND o.createdAt = r.createdAt AND o.run = r.run)`
