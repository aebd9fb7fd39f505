import type { DatabaseSync } from 'node:sqlite'
import { prepare } from '../statement.ts'

/** The statements on `meta`. */
export type FactStatements = ReturnType<typeof prepareFacts>

/** Prepares the statements on what there is one of. */
export function prepareFacts(database: DatabaseSync) {
  return {
    get: prepare<{ value: string | number }>(database, 'SELECT value FROM meta WHERE name = ?'),
    put: prepare(database, 'INSERT OR REPLACE INTO meta VALUES (?, ?)'),
    remove: prepare(database, 'DELETE FROM meta WHERE name = ?'),
    /** Makes an incarnation unless there is one. */
    arise: prepare(
      database,
      "INSERT INTO meta VALUES ('incarnation', lower(hex(randomblob(16)))) ON CONFLICT DO NOTHING",
    ),
  }
}
