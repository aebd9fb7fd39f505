import type { DatabaseSync } from 'node:sqlite'
import type { RunRow } from '../run-row.ts'
import { prepare } from '../statement.ts'
import { type CostSum, SUMS } from './cost.ts'
import type { TurnRow } from './session.ts'

/** The statements that read what leaves the store. */
export type EndedStatements = ReturnType<typeof prepareEnded>

/** Prepares them. */
export function prepareEnded(database: DatabaseSync) {
  return {
    /** 1-3 the place after which the page begins, 4 the time before which runs ended, 5 at most how many. */
    list: prepare<RunRow>(
      database,
      `SELECT * FROM runs INDEXED BY runs_ended
       WHERE endedAt IS NOT NULL AND (endedAt, tenant, run) > (?1, ?2, ?3) AND endedAt < ?4
       ORDER BY endedAt, tenant, run LIMIT ?5`,
    ),
    blobs: prepare<{ hash: string }>(database, 'SELECT hash FROM blob_refs WHERE tenant = ? AND run = ? ORDER BY hash'),
    turns: prepare<TurnRow>(
      database,
      'SELECT place, run, after, until FROM session_turns WHERE tenant = ? AND run = ? ORDER BY place',
    ),
    cost: prepare<CostSum>(database, `SELECT NULL AS name, ${SUMS} FROM charges WHERE tenant = ? AND run = ?`),
  }
}
