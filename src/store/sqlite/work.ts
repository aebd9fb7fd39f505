import type { DatabaseSync } from 'node:sqlite'
import { type InboxStatements, prepareInbox } from './sql/inbox.ts'
import { type JournalStatements, prepareJournal } from './sql/journal.ts'
import { type KeyStatements, prepareKeys } from './sql/key.ts'
import { prepareQueue, type QueueStatements } from './sql/queue.ts'
import { prepareRuns, type RunStatements } from './sql/run.ts'
import { prepareSessions, type SessionStatements } from './sql/session.ts'

/** What operations work with: prepared statements, and the ids of the runs that the open transaction changed. */
export interface Work {
  readonly runs: RunStatements
  readonly journal: JournalStatements
  readonly inbox: InboxStatements
  readonly keys: KeyStatements
  readonly sessions: SessionStatements
  readonly queue: QueueStatements
  touched: Set<string>
  /** The last message's place in the order of arrival. */
  arrival: number
}

/** Prepares every statement of the hot path once. */
export function prepareWork(database: DatabaseSync): Work {
  return {
    runs: prepareRuns(database),
    journal: prepareJournal(database),
    inbox: prepareInbox(database),
    keys: prepareKeys(database),
    sessions: prepareSessions(database),
    queue: prepareQueue(database),
    touched: new Set(),
    arrival: 0,
  }
}
