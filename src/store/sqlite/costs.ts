import { setImmediate as turn } from 'node:timers/promises'
import type { BudgetRecord, CostRow } from '../../core/budget.ts'
import { addCosts, compareCosts } from '../cost.ts'
import type { CostQuery, IndexPort } from '../index-port.ts'
import { pageOf, placeAfter } from '../page.ts'
import type { Process } from './process.ts'
import { sumsOf } from './spend.ts'
import { type ChargePlace, type CostStatements, type CostSum, prepareCosts } from './sql/cost.ts'
import type { BudgetRow } from './sql/spend.ts'

/** So many charges are summed up by one read, so that a long ledger does not hold the event loop. */
const PAGE = 2_000

/** The index port's reads of budgets and the ledger. */
export function createCosts({ database, read }: Process): Pick<IndexPort, 'budgets' | 'costs' | 'runCost'> {
  const statements = prepareCosts(database)
  return {
    budgets: (tenant, { key }, page) =>
      read(() => {
        const [createdAt, after] = placeAfter(page)
        const rows = statements.budgets.all(tenant, createdAt, after ?? '', key ?? null, page.limit + 1)
        return pageOf(rows, page, (row) => [row.createdAt, row.key], budgetOf)
      }),
    costs: (tenant, query) => sumUp(read, statements, tenant, query),
    runCost: (tenant, run) =>
      read(() => {
        const [row] = statements.ofRun.all(tenant, run)
        return costOf(row)
      }),
  }
}

async function sumUp(
  read: Process['read'],
  statements: CostStatements,
  tenant: string,
  { by, tag, from = 0, to = Number.MAX_SAFE_INTEGER, limit }: CostQuery,
): Promise<readonly CostRow[]> {
  const sums = new Map<string | undefined, CostRow>()
  const end: ChargePlace = { time: to, run: '', id: '' }
  let place: ChargePlace | undefined = { time: from, run: '', id: '' }
  while (place !== undefined) {
    const start: ChargePlace = place
    place = await read(() => {
      const next = statements.further.get(tenant, start.time, start.run, start.id, to, PAGE - 1)
      const last = next ?? end
      const places = [start.time, start.run, start.id, last.time, last.run, last.id] as const
      const values = by === 'tag' ? [...places, tag ?? ''] : places
      for (const row of statements.by[by].all(tenant, ...values)) add(sums, costOf(row))
      return next
    })
    await turn()
  }
  return [...sums.values()].sort(compareCosts(by)).slice(0, limit)
}

function add(sums: Map<string | undefined, CostRow>, row: CostRow): void {
  const known = sums.get(row.group)
  sums.set(row.group, known === undefined ? row : addCosts(known, row))
}

/** The sum of some charges. */
export function costOf(row: CostSum | undefined): CostRow {
  if (row === undefined) throw new TypeError('an aggregate has one row')
  const { name, calls, input, cachedInput, cacheWrite, output, reasoning, nanos, unpriced } = row
  return {
    ...(name === null ? {} : { group: name }),
    calls,
    usage: { input, cachedInput, cacheWrite, output, reasoning },
    nanos,
    unpriced,
    assumed: { calls: row.assumedCalls, tokens: row.assumedTokens, nanos: row.assumedNanos },
  }
}

function budgetOf(row: BudgetRow): BudgetRecord {
  const { tenant, key, limitTokens, limitNanos, createdAt, updatedAt } = row
  const limits = {
    ...(limitTokens === null ? {} : { tokens: limitTokens }),
    ...(limitNanos === null ? {} : { nanos: limitNanos }),
  }
  return { tenant, key, limits, ...sumsOf(row), createdAt, updatedAt }
}
