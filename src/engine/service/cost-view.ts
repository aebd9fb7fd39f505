import type { TokenUsage } from '../../core/usage.ts'

/** What calls of models cost. */
export interface CostView {
  readonly calls: number
  readonly tokens: number
  readonly usage: TokenUsage
  /** Absent when the price of none of the calls is known. */
  readonly dollars?: number
  /** Calls whose price is not known: what they cost is not in `dollars`. */
  readonly unpriced: number
  /** Of all this, calls whose outcome is not known, booked at the most that they can have cost. */
  readonly assumed: { readonly calls: number; readonly tokens: number; readonly dollars: number }
}

/** Where a budget stands. */
export interface BudgetView {
  readonly key: string
  readonly limits: { readonly tokens?: number; readonly dollars?: number }
  readonly raised: AmountsView
  readonly settled: AmountsView
  readonly reserved: AmountsView
  readonly createdAt: number
  readonly updatedAt: number
}

/** Tokens and dollars. */
export interface AmountsView {
  readonly tokens: number
  readonly dollars: number
}
