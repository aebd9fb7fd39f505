import type { DatabaseSync } from 'node:sqlite'
import { type FactStatements, prepareFacts } from './sql/fact.ts'
import { type InboxStatements, prepareInbox } from './sql/inbox.ts'
import { type JournalStatements, prepareJournal } from './sql/journal.ts'
import { type KeyStatements, prepareKeys } from './sql/key.ts'
import { prepareQueue, type QueueStatements } from './sql/queue.ts'
import { prepareRuns, type RunStatements } from './sql/run.ts'
import { prepareSessions, type SessionStatements } from './sql/session.ts'
import { prepareSpend, type SpendStatements } from './sql/spend.ts'

/** What operations work with: prepared statements, and the ids of the runs that the open transaction changed. */
export interface Work {
  readonly runs: RunStatements
  readonly journal: JournalStatements
  readonly inbox: InboxStatements
  readonly keys: KeyStatements
  readonly sessions: SessionStatements
  readonly queue: QueueStatements
  readonly spend: SpendStatements
  readonly facts: FactStatements
  readonly touched: Set<string>
  /** Those of them of which nothing is new but entries of their holder. */
  readonly quiet: Set<string>
  /** How many journal entries the open transaction has. */
  entries: number
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
    spend: prepareSpend(database),
    facts: prepareFacts(database),
    touched: new Set(),
    quiet: new Set(),
    entries: 0,
    arrival: 0,
  }
}

/** Remembers that the run changed in a way that others may act on. */
export function touch(work: Work, run: string): void {
  work.touched.add(run)
  work.quiet.delete(run)
}

/** Remembers that the run's holder wrote entries. */
export function progress(work: Work, run: string): void {
  if (work.touched.has(run)) return
  work.touched.add(run)
  work.quiet.add(run)
}
