import type { AgentBudgets, BudgetLimits } from '../core/budget.ts'
import { PolisError } from '../core/error.ts'
import { toNanos } from '../core/money.ts'

/** Budgets that the runs of an agent share, and what happens when a call does not fit one of them. */
export interface BudgetOptions {
  /** For the runs of one session together. */
  readonly session?: BudgetAmounts
  /** For all runs of the agent in one UTC day together. */
  readonly day?: BudgetAmounts
  /**
   * `fail` (the default): the call rejects with BUDGET_EXHAUSTED. `ask`: a human is asked for more. `{ model }`: the call is made
   * with that cheaper model.
   */
  readonly exhausted?: 'fail' | 'ask' | { readonly model: string }
}

/** Each absent one does not limit. */
export interface BudgetAmounts {
  /** Of prompts and answers. */
  readonly tokens?: number
  /** US dollars. */
  readonly cost?: number
}

interface Budgeted {
  readonly name: string
  readonly limits?: BudgetAmounts
  readonly budget?: BudgetOptions
}

/** The budgets of an agent as the engine keeps them; undefined when nothing is limited. */
export function toBudgets({ limits, budget }: Budgeted): AgentBudgets | undefined {
  const budgets = {
    ...named('run', toLimits(limits)),
    ...named('session', toLimits(budget?.session)),
    ...named('day', toLimits(budget?.day)),
  }
  return Object.keys(budgets).length === 0 ? undefined : budgets
}

/** INVALID_CONFIG, naming the option, unless every amount of an agent is one. */
export function checkBudgets({ name, limits, budget = {} }: Budgeted): void {
  if (typeof budget !== 'object' || budget === null) refuse(name, 'budget', 'an object', budget)
  checkAmounts(name, 'limits', limits)
  checkAmounts(name, 'budget.session', budget.session)
  checkAmounts(name, 'budget.day', budget.day)
  const { exhausted = 'fail' } = budget
  if (exhausted === 'fail' || exhausted === 'ask') return
  if (typeof exhausted === 'object' && exhausted !== null && typeof exhausted.model === 'string') return
  refuse(name, 'budget.exhausted', "'fail', 'ask' or { model: 'provider/model' }", exhausted)
}

function toLimits({ tokens, cost }: BudgetAmounts = {}): BudgetLimits {
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(cost === undefined ? {} : { nanos: toNanos(cost) }),
  }
}

function named<K extends keyof AgentBudgets>(name: K, limits: BudgetLimits): AgentBudgets {
  return Object.keys(limits).length === 0 ? {} : { [name]: limits }
}

function checkAmounts(name: string, option: string, amounts: BudgetAmounts | undefined): void {
  if (amounts === undefined) return
  if (typeof amounts !== 'object' || amounts === null) refuse(name, option, 'an object', amounts)
  const { tokens, cost } = amounts
  if (tokens !== undefined && !(Number.isSafeInteger(tokens) && tokens > 0)) {
    refuse(name, `${option}.tokens`, 'a whole number above 0', tokens)
  }
  if (cost !== undefined && !(typeof cost === 'number' && cost > 0 && cost <= MOST_DOLLARS)) {
    refuse(name, `${option}.cost`, `dollars, above 0 and at most ${MOST_DOLLARS}`, cost)
  }
}

/** Nanodollars up to this many dollars are exact, with room for sums. */
export const MOST_DOLLARS = 1_000_000

function refuse(name: string, option: string, expected: string, got: unknown): never {
  throw new PolisError(
    'INVALID_CONFIG',
    `defineAgent ${name}: option ${option}: expected ${expected}, got ${JSON.stringify(got)}`,
  )
}
