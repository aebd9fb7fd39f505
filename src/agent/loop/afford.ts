import type { PolisError } from '../../core/error.ts'
import type { Scope } from '../../engine/scope.ts'
import type { BudgetOptions } from '../budget.ts'
import { askForBudget } from './ask-for-budget.ts'

/** What is done about a budget that has no room for a call. */
export interface Affording {
  readonly scope: Scope
  readonly budget: BudgetOptions
  /** Models that take over when a budget is used up; empty: none does. */
  readonly cheaper: readonly string[]
}

/**
 * Does what the agent says of a budget that is used up, after which the call is made again; true: from now on with the cheaper models.
 *
 * Rejects with the error where it says to fail, a human says so, or the cheaper models have taken over already.
 */
export async function afford(
  { scope, budget, cheaper }: Affording,
  error: PolisError,
  isCheaper: boolean,
): Promise<boolean> {
  if (budget.exhausted === 'ask') {
    await askForBudget(scope, error)
    return isCheaper
  }
  if (cheaper.length > 0 && !isCheaper) return true
  throw error
}
