import type { DatabaseSync } from 'node:sqlite'
import { prepare } from '../statement.ts'

/** The statements that remove. */
export type RemovalStatements = ReturnType<typeof prepareRemoval>

/** Prepares the statements that remove a run with its rows, and blobs that nothing refers to. */
export function prepareRemoval(database: DatabaseSync) {
  return {
    /** Runs that ended before a time, oldest first, then by id, at most so many. */
    ended: prepare<{ tenant: string; run: string }>(
      database,
      `SELECT tenant, run FROM runs INDEXED BY runs_ended
       WHERE endedAt IS NOT NULL AND endedAt < ? ORDER BY endedAt, tenant, run LIMIT ?`,
    ),
    /** Ended runs of a session, oldest first: tenant, session, at most how many. */
    ofSession: prepare<{ run: string }>(
      database,
      `SELECT run FROM runs INDEXED BY runs_session
       WHERE tenant = ? AND session = ? AND session IS NOT NULL AND endedAt IS NOT NULL ORDER BY createdAt, run LIMIT ?`,
    ),
    /** Tenant, run: those right below it, the oldest first. */
    children: prepare<{ run: string }>(
      database,
      'SELECT run FROM runs INDEXED BY runs_parent WHERE tenant = ? AND parentRun = ? AND parentRun IS NOT NULL ORDER BY createdAt, run',
    ),
    /** Sessions past their time, without an unfinished run: now, at most how many. */
    overdue: prepare<{ tenant: string; session: string }>(
      database,
      `SELECT tenant, session FROM sessions INDEXED BY sessions_expiry
       WHERE ttl IS NOT NULL AND active IS NULL AND updatedAt + ttl <= ? ORDER BY updatedAt + ttl, tenant, session LIMIT ?`,
    ),
    run: prepare(database, 'DELETE FROM runs WHERE tenant = ? AND run = ?'),
    journal: prepare(database, 'DELETE FROM journal WHERE tenant = ? AND run = ?'),
    inbox: prepare(database, 'DELETE FROM inbox WHERE tenant = ? AND run = ?'),
    questions: prepare(database, 'DELETE FROM questions WHERE tenant = ? AND run = ?'),
    /** Tenant, name, value, createdAt, run. */
    untag: prepare(
      database,
      'DELETE FROM run_tags WHERE tenant = ? AND name = ? AND value = ? AND createdAt = ? AND run = ?',
    ),
    /** 1 tenant, 2 run: before its references are removed. */
    uncount: prepare(
      database,
      `UPDATE blobs SET refs = refs - 1
       WHERE tenant = ?1 AND hash IN (SELECT hash FROM blob_refs WHERE tenant = ?1 AND run = ?2)`,
    ),
    refs: prepare(database, 'DELETE FROM blob_refs WHERE tenant = ? AND run = ?'),
    /** Blobs without a reference that were put until a time, at most so many. */
    unused: prepare<{ tenant: string; hash: string; content: string }>(
      database,
      `SELECT tenant, hash, content FROM blobs INDEXED BY blobs_unused
       WHERE refs = 0 AND createdAt <= ? ORDER BY createdAt LIMIT ?`,
    ),
    chunks: prepare(database, 'DELETE FROM blob_chunks WHERE tenant = ? AND content = ?'),
    blob: prepare(database, 'DELETE FROM blobs WHERE tenant = ? AND hash = ?'),
  }
}
