import type { BudgetRecord, CostRow, Sums } from '../../core/budget.ts'
import { toDollars } from '../../core/money.ts'
import { addCosts, NO_COST } from '../../store/cost.ts'
import type { CostQuery, Page, Paged } from '../../store/index-port.ts'
import type { Store } from '../../store/store.ts'
import type { Caller } from './caller.ts'
import type { AmountsView, BudgetView, CostView } from './cost-view.ts'

/** The queries on money. */
export interface MoneyService {
  /** Sums over the ledger, the dearest group first, days the newest first; `total` is that of all groups. */
  costs(
    caller: Caller,
    query: CostQuery,
  ): Promise<{ readonly items: readonly (CostView & { readonly group?: string })[]; readonly total: CostView }>
  /** Budgets, newest first. */
  budgets(caller: Caller, filter: { readonly key?: string }, page: Page): Promise<Paged<BudgetView>>
}

/** Makes them. */
export function createMoneyQueries({ store }: { readonly store: Store }): MoneyService {
  return {
    async costs({ tenant }, query) {
      // The total is that of all groups, so all are asked for.
      const rows = await store.index.costs(tenant, { ...query, limit: Number.MAX_SAFE_INTEGER })
      const items = rows.slice(0, query.limit).map((row) => ({ ...toCostView(row), ...named(row) }))
      return { items, total: toCostView(rows.reduce(addCosts, NO_COST)) }
    },
    async budgets({ tenant }, filter, page) {
      const { items, ...rest } = await store.index.budgets(tenant, filter, page)
      return { ...rest, items: items.map(toBudgetView) }
    },
  }
}

/** A sum as clients see it. */
export function toCostView({ calls, usage, nanos, unpriced, assumed }: CostRow): CostView {
  return {
    calls,
    tokens: usage.input + usage.output,
    usage,
    ...(calls > 0 && unpriced === calls ? {} : { dollars: toDollars(nanos) }),
    unpriced,
    assumed: { calls: assumed.calls, tokens: assumed.tokens, dollars: toDollars(assumed.nanos) },
  }
}

function named({ group }: CostRow): { readonly group?: string } {
  return group === undefined ? {} : { group }
}

function toBudgetView({ tenant: _, limits, raised, settled, reserved, ...budget }: BudgetRecord): BudgetView {
  const { tokens, nanos } = limits
  return {
    ...budget,
    limits: {
      ...(tokens === undefined ? {} : { tokens }),
      ...(nanos === undefined ? {} : { dollars: toDollars(nanos) }),
    },
    raised: toAmounts(raised),
    settled: toAmounts(settled),
    reserved: toAmounts(reserved),
  }
}

function toAmounts({ tokens, nanos }: Sums): AmountsView {
  return { tokens, dollars: toDollars(nanos) }
}
