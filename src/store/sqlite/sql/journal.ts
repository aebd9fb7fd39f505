import type { DatabaseSync } from 'node:sqlite'
import type { EntryKind } from '../../../core/entry.ts'
import { prepare } from '../statement.ts'

/** A row of `journal`. */
export interface EntryRow {
  readonly tenant: string
  readonly run: string
  readonly sequence: number
  readonly version: number
  readonly epoch: number
  readonly kind: EntryKind
  readonly time: number
  readonly release: string
  readonly blob: string | null
  readonly payload: Uint8Array
}

/** The statements on journals and on what they refer to. */
export type JournalStatements = ReturnType<typeof prepareJournal>

/** Prepares the statements on `journal` and `blob_refs`. */
export function prepareJournal(database: DatabaseSync) {
  return {
    insert: prepare(database, 'INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    get: prepare<EntryRow>(database, 'SELECT * FROM journal WHERE tenant = ? AND run = ? AND sequence = ?'),
    /** Tenant, run, after which sequence, at most how many. */
    after: prepare<EntryRow>(
      database,
      'SELECT * FROM journal WHERE tenant = ? AND run = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    ),
    /** Tenant, run, hash; changes nothing when the run refers to it already. */
    refer: prepare(database, 'INSERT INTO blob_refs VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    countRef: prepare(database, 'UPDATE blobs SET refs = refs + 1 WHERE tenant = ? AND hash = ?'),
  }
}
