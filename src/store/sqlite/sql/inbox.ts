import type { DatabaseSync } from 'node:sqlite'
import type { Message } from '../../journal.ts'
import { prepare } from '../statement.ts'

/** A row of `inbox`, as far as a message has it. */
export interface MessageRow {
  readonly tenant: string
  readonly run: string
  readonly id: string
  readonly kind: Message['kind']
  readonly time: number
  readonly closes: string | null
  readonly payload: Uint8Array
}

/** The statements on messages and questions. */
export type InboxStatements = ReturnType<typeof prepareInbox>

/** Prepares the statements on `inbox` and `questions`. */
export function prepareInbox(database: DatabaseSync) {
  return {
    has: prepare<{ id: string }>(database, 'SELECT id FROM inbox WHERE tenant = ? AND run = ? AND id = ?'),
    /** All columns in the order of the schema; changes nothing when the message was ever there. */
    insert: prepare(database, 'INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING'),
    consume: prepare(database, "UPDATE inbox SET pending = 0, payload = x'' WHERE tenant = ? AND run = ? AND id = ?"),
    consumeAll: prepare(
      database,
      "UPDATE inbox SET pending = 0, payload = x'' WHERE tenant = ? AND run = ? AND pending = 1",
    ),
    ofRun: prepare<MessageRow>(
      database,
      `SELECT tenant, run, id, kind, time, closes, payload FROM inbox
       WHERE tenant = ? AND run = ? AND pending = 1 ORDER BY arrival`,
    ),
    /** Events that nobody read. */
    events: prepare<{ id: string }>(
      database,
      "SELECT id FROM inbox WHERE tenant = ? AND run = ? AND pending = 1 AND kind = 'event'",
    ),
    ofWorker: prepare<MessageRow>(
      database,
      `SELECT i.tenant, i.run, i.id, i.kind, i.time, i.closes, i.payload
       FROM runs AS r CROSS JOIN inbox AS i ON i.tenant = r.tenant AND i.run = r.run AND i.pending = 1
       WHERE r.worker = ? ORDER BY i.arrival`,
    ),
    /** All columns in the order of the schema. */
    ask: prepare(database, 'INSERT OR REPLACE INTO questions VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    isOpen: prepare<{ id: string }>(database, 'SELECT id FROM questions WHERE tenant = ? AND run = ? AND id = ?'),
    close: prepare(database, 'DELETE FROM questions WHERE tenant = ? AND run = ? AND id = ?'),
    closeAll: prepare(database, 'DELETE FROM questions WHERE tenant = ? AND run = ?'),
  }
}
