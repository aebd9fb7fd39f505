import type { TokenUsage } from './usage.ts'

/** Sums that are at this count no further (4.5 million dollars): beyond twice as much, numbers are not exact, and a store cannot give them back. */
export const MOST_COUNTED = 2 ** 52

/** What a call takes of budgets. `nanos` is nanodollars; absent: the price is not known. */
export interface Amounts {
  readonly tokens: number
  readonly nanos?: number
}

/** What a budget allows; an absent one does not limit. */
export interface BudgetLimits {
  readonly tokens?: number
  readonly nanos?: number
}

/** What the code of an agent allows: a run with those below it, a session, and all runs of a UTC day together. */
export interface AgentBudgets {
  readonly run?: BudgetLimits
  readonly session?: BudgetLimits
  readonly day?: BudgetLimits
}

/**
 * One budget that a run's calls count against: that of the run, of a run above it, of its session, or of an agent for a day.
 *
 * `key` names it within the tenant: `run/ID`, `session/ID`, `agent/NAME`. Of a `daily` one each UTC day has its own, `agent/NAME/2026-11-25`.
 */
export interface Budget {
  readonly key: string
  readonly daily?: true
  readonly limits: BudgetLimits
}

/** What one attempt of a step takes until it is settled (G8): `amounts` on each of these budgets, whose day is decided. */
export interface Reservation {
  /** Unique in its run: `step/attempt@epoch`. */
  readonly id: string
  readonly amounts: Amounts
  readonly budgets: readonly { readonly key: string; readonly limits: BudgetLimits }[]
  /** What is booked if nobody ever says what became of the call. */
  readonly charge: Charge
}

/** Frees a reservation of the run, and counts on its budgets what the call did take. Of one that is not open it does nothing. */
export interface Settlement {
  readonly id: string
  readonly amounts: Amounts
}

/** What a human added to a budget, beyond the limit that the code says. Counts once by `id`, unique in the tenant. */
export interface Raise {
  readonly id: string
  /** As BUDGET_EXHAUSTED names it: of a daily budget, that of one day. */
  readonly key: string
  readonly amounts: BudgetLimits
}

/** Which budget has no room for a reservation: `settled + reserved + wanted` would be over `limit`, raises included. */
export interface Overrun {
  readonly key: string
  readonly unit: 'tokens' | 'nanos'
  readonly limit: number
  readonly settled: number
  readonly reserved: number
  readonly wanted: number
}

/** What was counted so far. */
export type Sums = Required<Amounts>

/** Where a budget stands. `limits` are those of the last reservation, without what was added since (`raised`). */
export interface BudgetRecord {
  readonly tenant: string
  readonly key: string
  readonly limits: BudgetLimits
  readonly raised: Sums
  readonly settled: Sums
  readonly reserved: Sums
  readonly createdAt: number
  readonly updatedAt: number
}

/** How charges are summed up; `day` is that of UTC. */
export const COST_GROUPINGS = ['agent', 'model', 'session', 'tag', 'day'] as const
export type CostGrouping = (typeof COST_GROUPINGS)[number]

/** The sum of some charges. What is assumed is part of all sums, and said apart too. */
export interface CostRow {
  /** What they have in common; absent for those that have none: no session, no such tag. */
  readonly group?: string
  readonly calls: number
  readonly usage: TokenUsage
  readonly nanos: number
  /** Calls whose price is not known: what they cost is not in `nanos`. */
  readonly unpriced: number
  /** Of it, calls of unknown outcome, booked at the most that they can have cost. */
  readonly assumed: { readonly calls: number } & Sums
}

/** Money spent: one row of the ledger. Counts once by run and `id`. */
export interface Charge {
  readonly id: string
  readonly run: string
  readonly agent: string
  readonly session?: string
  readonly tags: Readonly<Record<string, string>>
  /** ms since the epoch. */
  readonly time: number
  readonly provider: string
  readonly model: string
  readonly usage: TokenUsage
  /** Nanodollars; absent when the price of the model is not known. */
  readonly nanos?: number
  /** The outcome of the call is not known: the most that it can have cost is booked. */
  readonly assumed?: true
}
