import type { DatabaseSync } from 'node:sqlite'
import type { WorkerRecord } from '../../coordination.ts'
import { prepare } from '../statement.ts'

/** A row of `workers`; `releases` is JSON. */
export interface WorkerRow {
  readonly worker: string
  readonly host: string
  readonly pid: number
  readonly startedAt: number
  readonly draining: number
  readonly releases: string
}

/** The statements on workers. */
export type WorkerStatements = ReturnType<typeof prepareWorkers>

/** Prepares the statements on `workers`. */
export function prepareWorkers(database: DatabaseSync) {
  return {
    all: prepare<WorkerRow>(database, 'SELECT * FROM workers ORDER BY worker'),
    /** All columns in the order of the schema. */
    put: prepare(database, 'INSERT OR REPLACE INTO workers VALUES (?, ?, ?, ?, ?, ?)'),
    /** The same, for a worker that is there. */
    change: prepare(
      database,
      'UPDATE workers SET host = ?2, pid = ?3, startedAt = ?4, draining = ?5, releases = ?6 WHERE worker = ?1',
    ),
    remove: prepare(database, 'DELETE FROM workers WHERE worker = ?'),
  }
}

/** The row's record. */
export function workerOf({ draining, releases, ...row }: WorkerRow): WorkerRecord {
  return { ...row, draining: draining === 1, releases: JSON.parse(releases) }
}
