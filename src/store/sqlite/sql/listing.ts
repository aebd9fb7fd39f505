import type { DatabaseSync } from 'node:sqlite'
import { hasEnded, RUN_STATUSES, type RunStatus } from '../../../core/run.ts'
import type { ReleaseCount } from '../../index-port.ts'
import { prepare } from '../statement.ts'

/** A row of `questions`. */
export interface QuestionRow {
  readonly tenant: string
  readonly run: string
  readonly id: string
  readonly agent: string
  readonly askedAt: number
  readonly deadline: number | null
  readonly payload: Uint8Array
  readonly assignee: string | null
}

const OPEN = RUN_STATUSES.filter((status) => !hasEnded(status) && status !== 'running')
  .map((status) => `'${status}'`)
  .join(', ')

/** Prepares the statements that list and count, apart from those that a filter makes up. */
export function prepareListing(database: DatabaseSync) {
  return {
    /** A loose scan over the tenants. */
    tenants: prepare<{ tenant: string }>(
      database,
      `WITH RECURSIVE t(tenant) AS (
         SELECT min(tenant) FROM runs
         UNION ALL SELECT (SELECT min(tenant) FROM runs WHERE tenant > t.tenant) FROM t WHERE t.tenant IS NOT NULL)
       SELECT tenant FROM t WHERE tenant IS NOT NULL`,
    ),
    /** 1 tenant; from indexes alone. */
    counts: prepare<{ status: RunStatus; agent: string; count: number }>(
      database,
      `SELECT status, agent, count(*) AS count FROM runs INDEXED BY runs_status
       WHERE tenant = ?1 AND status <> 'running' AND status IN (${OPEN}) GROUP BY status, agent`,
    ),
    running: prepare<{ status: RunStatus; agent: string; count: number }>(
      database,
      `SELECT 'running' AS status, agent, count(*) AS count FROM runs INDEXED BY runs_worker
       WHERE worker IS NOT NULL GROUP BY agent`,
    ),
    /** 1 tenant; from indexes alone. */
    releases: prepare<ReleaseCount>(
      database,
      `SELECT agent, release, count(*) AS count FROM runs INDEXED BY runs_status
       WHERE tenant = ?1 AND status <> 'running' AND status IN (${OPEN}) GROUP BY agent, release`,
    ),
    runningReleases: prepare<ReleaseCount>(
      database,
      `SELECT agent, release, count(*) AS count FROM runs INDEXED BY runs_worker
       WHERE worker IS NOT NULL GROUP BY agent, release`,
    ),
    question: prepare<QuestionRow>(database, 'SELECT * FROM questions WHERE tenant = ? AND run = ? AND id = ?'),
  }
}
