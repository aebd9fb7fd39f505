import type { DatabaseSync } from 'node:sqlite'
import type { RunStatus } from '../../../core/run.ts'
import type { RunRow } from '../run-row.ts'
import { prepare } from '../statement.ts'

/** A run's name, its session and its idempotency key. */
export type Holdings = Pick<RunRow, 'tenant' | 'run' | 'agent' | 'session' | 'key'>

/** The statements on runs; the numbers in comments are the parameters' places. */
export type RunStatements = ReturnType<typeof prepareRuns>

/** Prepares the statements on `runs` and `run_tags`. */
export function prepareRuns(database: DatabaseSync) {
  return {
    get: prepare<RunRow>(database, 'SELECT * FROM runs WHERE tenant = ? AND run = ?'),
    status: prepare<{ status: RunStatus }>(database, 'SELECT status FROM runs WHERE tenant = ? AND run = ?'),
    /** What a run that ends has to give up. Dearer as RETURNING, and most commits do not end a run. */
    holdings: prepare<Holdings>(
      database,
      'SELECT tenant, run, agent, session, key FROM runs WHERE tenant = ? AND run = ?',
    ),
    /** All columns in the order of the schema but the last, which no new run has; changes nothing when the run is there. */
    insert: prepare(
      database,
      `INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
       ON CONFLICT DO NOTHING`,
    ),
    /** The holder's commit: 1 entries, 2 bytes, 3 now, 4 tenant, 5 run, 6 epoch, 7 the head expected or null, 8 whether it forgets crashes. */
    advance: prepare(
      database,
      `UPDATE runs SET sequence = sequence + ?1, bytes = bytes + ?2, updatedAt = ?3, crashes = iif(?8, 0, crashes)
       WHERE tenant = ?4 AND run = ?5 AND epoch = ?6 AND sequence = ifnull(?7, sequence) AND status = 'running'`,
    ),
    /** The same with a transition: 9 status, 10 reason, 11 wakeAt, 12 endedAt, 13 queuedAt. */
    move: prepare(
      database,
      `UPDATE runs SET sequence = sequence + ?1, bytes = bytes + ?2, updatedAt = ?3, crashes = iif(?8, 0, crashes),
         status = ?9, reason = ?10, wakeAt = ?11, endedAt = ?12, queuedAt = ?13, worker = NULL
       WHERE tenant = ?4 AND run = ?5 AND epoch = ?6 AND sequence = ifnull(?7, sequence) AND status = 'running'`,
    ),
    /** Everything that can change: 1 tenant, 2 run, then as named. */
    put: prepare(
      database,
      `UPDATE runs SET status = ?3, reason = ?4, epoch = ?5, sequence = ?6, bytes = ?7, worker = ?8, crashes = ?9,
         updatedAt = ?10, wakeAt = ?11, endedAt = ?12, queuedAt = ?13, turn = ?14
       WHERE tenant = ?1 AND run = ?2`,
    ),
    /** Queues a suspended or paused run: 1 now, 2 tenant, 3 run. */
    wake: prepare(
      database,
      `UPDATE runs SET status = 'queued', reason = NULL, wakeAt = NULL, queuedAt = ?1, updatedAt = ?1
       WHERE tenant = ?2 AND run = ?3 AND status IN ('suspended', 'paused')`,
    ),
    /** The same, if it has undelivered messages; a paused one, if it is to be cancelled. */
    wakeToRead: prepare(
      database,
      `UPDATE runs SET status = 'queued', reason = NULL, wakeAt = NULL, queuedAt = ?1, updatedAt = ?1
       WHERE tenant = ?2 AND run = ?3 AND status IN ('suspended', 'paused') AND EXISTS (
         SELECT 1 FROM inbox
         WHERE tenant = ?2 AND run = ?3 AND pending = 1 AND (runs.status = 'suspended' OR kind = 'cancel'))`,
    ),
    /** Where the run is resumed from: 1 sequence, 2 tenant, 3 run. */
    resumeFrom: prepare(database, 'UPDATE runs SET snapshot = ? WHERE tenant = ? AND run = ?'),
    ...prepareBlocked(database),
    tag: prepare(database, 'INSERT OR IGNORE INTO run_tags VALUES (?, ?, ?, ?, ?)'),
  }
}

/** The statements on runs that wait for their session's turn. */
function prepareBlocked(database: DatabaseSync) {
  return {
    firstBlocked: prepare<RunRow>(
      database,
      `SELECT * FROM runs WHERE tenant = ? AND session = ? AND turn IS NOT NULL ORDER BY turn LIMIT 1`,
    ),
    lastTurn: prepare<{ turn: number | null }>(
      database,
      'SELECT max(turn) AS turn FROM runs WHERE tenant = ? AND session = ? AND turn IS NOT NULL',
    ),
    countBlocked: prepare<{ count: number }>(
      database,
      'SELECT count(*) AS count FROM runs WHERE tenant = ? AND session = ? AND turn IS NOT NULL',
    ),
  }
}
