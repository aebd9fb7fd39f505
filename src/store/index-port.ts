import type { BudgetRecord, CostGrouping, CostRow } from '../core/budget.ts'
import type { RunRecord, RunStatus } from '../core/run.ts'
import type { Question } from './journal.ts'

/**
 * The index port: reads over everything but journals, and the removal of what is over.
 *
 * All lists are newest first and paged by an opaque cursor; no read outlives its page.
 */
export interface IndexPort {
  get(tenant: string, run: string): Promise<RunRecord | undefined>
  list(tenant: string, filter: RunFilter, page: Page): Promise<Paged<RunRecord>>
  /** Runs by status and agent over all tenants, open ones only. */
  counts(): Promise<readonly { readonly status: RunStatus; readonly agent: string; readonly count: number }[]>
  questions(tenant: string, filter: { readonly run?: string }, page: Page): Promise<Paged<Question>>
  session(tenant: string, session: string): Promise<SessionRecord | undefined>
  sessions(tenant: string, page: Page): Promise<Paged<SessionRecord>>
  /** Budgets that ever held a reservation or were raised, the newest first; `key` asks for one alone. */
  budgets(tenant: string, filter: { readonly key?: string }, page: Page): Promise<Paged<BudgetRecord>>
  /** Sums over the ledger, the dearest group first, days the newest first, at most `limit`. No read covers more than a page of charges. */
  costs(tenant: string, query: CostQuery): Promise<readonly CostRow[]>
  /** What a run and those below it have cost; those that were removed count no more. */
  runCost(tenant: string, run: string): Promise<CostRow>
  /** Removes an ended run with its journal, messages and blob references; false when there is none or it has not ended. */
  remove(tenant: string, run: string): Promise<boolean>
  /** Removes a session with no unfinished run. */
  removeSession(tenant: string, session: string): Promise<boolean>
  /**
   * Removes runs that ended before `endedBefore`, at most `limit`; idempotency keys past their time; unreferenced blobs; of the
   * ledger what was charged before `chargedBefore`, and budgets that nothing has changed since. Answers how many runs.
   */
  expire(request: ExpireRequest): Promise<number>
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

export interface Page {
  readonly limit: number
  readonly cursor?: string
}

export interface Paged<T> {
  readonly items: readonly T[]
  readonly cursor?: string
}

/** A conversation. `active` is its unfinished run that is not blocked, `waiting` counts the blocked ones behind it. */
export interface SessionRecord {
  readonly tenant: string
  readonly session: string
  readonly agent: string
  readonly state: Uint8Array
  readonly version: number
  readonly active?: string
  readonly waiting: number
  readonly createdAt: number
  readonly updatedAt: number
}
