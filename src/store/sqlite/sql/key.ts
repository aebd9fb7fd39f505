import type { DatabaseSync } from 'node:sqlite'
import { prepare } from '../statement.ts'

/** A row of `idempotency`. `record` is the JSON of the run's record, once the run was removed. */
export interface KeyRow {
  readonly run: string
  readonly inputHash: string
  readonly endsAt: number | null
  readonly record: string | null
}

/** The statements on idempotency keys. */
export type KeyStatements = ReturnType<typeof prepareKeys>

/** Prepares the statements on `idempotency`. */
export function prepareKeys(database: DatabaseSync) {
  return {
    get: prepare<KeyRow>(
      database,
      'SELECT run, inputHash, endsAt, record FROM idempotency WHERE tenant = ? AND agent = ? AND key = ?',
    ),
    /** Tenant, agent, key, run, inputHash. One whose time is over is replaced. */
    put: prepare(database, 'INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, NULL, NULL)'),
    /** 1 endsAt or null, 2 tenant, 3 agent, 4 key, 5 run: a key that has run out may by now stand for a later run. */
    end: prepare(database, 'UPDATE idempotency SET endsAt = ? WHERE tenant = ? AND agent = ? AND key = ? AND run = ?'),
    /** Keeps the record of a run that is removed: its JSON, tenant, agent, key, run. */
    keep: prepare(database, 'UPDATE idempotency SET record = ? WHERE tenant = ? AND agent = ? AND key = ? AND run = ?'),
    expire: prepare(database, 'DELETE FROM idempotency WHERE endsAt IS NOT NULL AND endsAt <= ?'),
  }
}
