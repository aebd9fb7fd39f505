import type { BudgetRecord, CostGrouping, CostRow } from '../core/budget.ts'
import type { RunRecord, RunStatus } from '../core/run.ts'
import type { Question } from './journal.ts'
import type { NewSession, SessionChange, SessionFilter, SessionRecord, SessionTurn } from './session.ts'

/**
 * The index port: reads over everything but journals, what clients say of sessions, and the removal of what is over.
 *
 * All lists are newest first and paged by an opaque cursor; no read outlives its page.
 */
export interface IndexPort {
  get(tenant: string, run: string): Promise<RunRecord | undefined>
  list(tenant: string, filter: RunFilter, page: Page): Promise<Paged<RunRecord>>
  /** Runs by status and agent over all tenants, open ones only. */
  counts(): Promise<readonly { readonly status: RunStatus; readonly agent: string; readonly count: number }[]>
  /** Open runs by agent and release over all tenants, in no order; from indexes or counters alone. */
  releases(): Promise<readonly ReleaseCount[]>
  /** An open question. */
  question(tenant: string, run: string, question: string): Promise<Question | undefined>
  questions(tenant: string, filter: QuestionFilter, page: Page): Promise<Paged<Question>>
  session(tenant: string, session: string): Promise<SessionRecord | undefined>
  sessions(tenant: string, filter: SessionFilter, page: Page): Promise<Paged<SessionRecord>>
  /** Turns of a session from a place on, in order. */
  turns(tenant: string, session: string, from: number, limit: number): Promise<readonly SessionTurn[]>
  /** Begins a session without a run; false when there is one of that name. */
  createSession(session: NewSession): Promise<boolean>
  /** False when there is no such session. */
  changeSession(tenant: string, session: string, change: SessionChange): Promise<boolean>
  /** Budgets that ever held a reservation or were raised, the newest first; `key` asks for one alone. */
  budgets(tenant: string, filter: { readonly key?: string }, page: Page): Promise<Paged<BudgetRecord>>
  /** Sums over the ledger, the dearest group first, days the newest first, at most `limit`. No read covers more than a page of charges. */
  costs(tenant: string, query: CostQuery): Promise<readonly CostRow[]>
  /** What a run and those below it have cost; those that were removed count no more. */
  runCost(tenant: string, run: string): Promise<CostRow>
  /** Runs of all tenants that ended before a time, the oldest end first, each with what is kept of it beside its journal. */
  ended(before: number, page: Page): Promise<Paged<EndedRun>>
  /**
   * Removes an ended run with its journal, messages and blob references; false when there is none or it has not ended. With `sequence`
   * only while that is its last entry: a run may be retried between a look at it and its removal.
   */
  remove(tenant: string, run: string, sequence?: number): Promise<boolean>
  /** Removes a session with no unfinished run; its runs stay. */
  removeSession(tenant: string, session: string): Promise<boolean>
  /** Removes the ended runs of a session, each after those below it, until `limit` are gone; answers how many. */
  removeSessionRuns(tenant: string, session: string, limit: number): Promise<number>
  /**
   * Removes runs that ended before `endedBefore`, sessions past their time with their runs, idempotency keys past theirs and unreferenced
   * blobs, until `limit` runs and sessions are gone; answers how many. Of the ledger goes what was charged before `chargedBefore`, and
   * budgets that nothing has changed since. Of a paused store nothing goes.
   */
  expire(request: ExpireRequest): Promise<number>
}

/** How many runs of a release of an agent are open. */
export interface ReleaseCount {
  readonly agent: string
  readonly release: string
  /** At least 1. */
  readonly count: number
}

/** An ended run, as it may leave the store. */
export interface EndedRun {
  readonly record: RunRecord
  /** Hashes of the blobs that it refers to, in their order. */
  readonly blobs: readonly string[]
  /** Its turns in its session, in order. */
  readonly turns: readonly SessionTurn[]
  /** What its own calls have cost, as far as the ledger still has them. */
  readonly cost: CostRow
}

export interface ExpireRequest {
  readonly endedBefore?: number
  readonly chargedBefore?: number
  readonly now: number
  readonly limit: number
}

export interface CostQuery {
  readonly by: CostGrouping
  /** The tag's name, for `by: 'tag'`. */
  readonly tag?: string
  /** Charged at or after, and before (ms). */
  readonly from?: number
  readonly to?: number
  readonly limit: number
}

export interface RunFilter {
  readonly agent?: string
  readonly status?: readonly RunStatus[]
  readonly session?: string
  readonly parent?: string
  readonly release?: string
  /** All of these tags, with these values. */
  readonly tags?: Readonly<Record<string, string>>
  readonly createdFrom?: number
  readonly createdTo?: number
}

/** Which open questions. */
export interface QuestionFilter {
  readonly run?: string
  readonly agent?: string
  readonly assignee?: string
}

export interface Page {
  readonly limit: number
  readonly cursor?: string
}

export interface Paged<T> {
  readonly items: readonly T[]
  readonly cursor?: string
}
