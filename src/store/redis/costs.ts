import type { BudgetRecord, Charge, CostRow } from '../../core/budget.ts'
import { addCharge, addCosts, compareCosts, NO_COST } from '../cost.ts'
import type { CostQuery, IndexPort } from '../index-port.ts'
import { pageOf } from '../page.ts'
import type { Answer } from './answer.ts'
import { type ListPlace, listPlace, lookThrough, readLook } from './look.ts'
import { plainOperation } from './operation.ts'
import { idOf } from './record.ts'
import type { Shard } from './shard.ts'

/** Runs below one whose charges are summed up. */
const FAMILY = 10_000
/** Of them, so many at once. */
const AT_ONCE = 100

type Costs = Pick<IndexPort, 'budgets' | 'costs' | 'runCost'>

/** The reads of budgets and the ledger: charges come by pages, and are summed up here. */
export function createCosts({ read }: Shard): Costs {
  return {
    budgets: async (tenant, { key }, page) => {
      const look = (after: ListPlace | undefined, wanted: number) =>
        read(
          plainOperation(['budgets', tenant, key, wanted, after], (answer) =>
            readLook(answer, (item) => readBudget(item, tenant)),
          ),
        )
      const rows = await lookThrough(
        page.limit + 1,
        listPlace(page, ([of = '']) => of),
        look,
      )
      return pageOf(
        rows,
        page,
        (budget) => [budget.createdAt, budget.key],
        (budget) => budget,
      )
    },
    costs: (tenant, query) => sumUp(read, tenant, query),
    runCost: (tenant, run) => sumFamily(read, tenant, run),
  }
}

async function sumUp(read: Shard['read'], tenant: string, query: CostQuery): Promise<readonly CostRow[]> {
  const { from, to, by, limit } = query
  const sums = new Map<string | undefined, CostRow>()
  let place: ListPlace | undefined
  do {
    const page = await read(
      plainOperation(['charges', tenant, from, to, place], (answer) => readLook(answer, readCharge)),
    )
    for (const charge of page.found) {
      const group = groupOf(charge, query)
      sums.set(group, addCharge(sums.get(group) ?? { ...NO_COST, ...(group === undefined ? {} : { group }) }, charge))
    }
    place = page.on
  } while (place !== undefined)
  return [...sums.values()].sort(compareCosts(by)).slice(0, limit)
}

// The run's own charges, and those of the runs below it that are still there.
async function sumFamily(read: Shard['read'], tenant: string, run: string): Promise<CostRow> {
  const family = new Set([run])
  const waiting = [run]
  let sum = NO_COST
  while (waiting.length > 0) {
    const some = waiting.splice(0, AT_ONCE)
    const [costs, children] = await Promise.all([
      Promise.all(some.map((member) => costOfRun(read, tenant, member))),
      Promise.all(some.map((member) => childrenOf(read, tenant, member))),
    ])
    sum = costs.reduce(addCosts, sum)
    for (const child of children.flat()) {
      if (family.has(child) || family.size >= FAMILY) continue
      family.add(child)
      waiting.push(child)
    }
  }
  return sum
}

/** What a run's own calls have cost. */
export async function costOfRun(read: Shard['read'], tenant: string, run: string): Promise<CostRow> {
  // A cursor may give one twice.
  const charges = new Map<string, Charge>()
  let cursor = '0'
  do {
    const { found, next } = await read(plainOperation(['run-charges', idOf(tenant, run), cursor], readRunCharges))
    for (const [id, charge] of found) charges.set(id, charge)
    cursor = next
  } while (cursor !== '0')
  return charges.values().reduce(addCharge, NO_COST)
}

async function childrenOf(read: Shard['read'], tenant: string, run: string): Promise<readonly string[]> {
  const look = (after: ListPlace | undefined) =>
    read(plainOperation(['children', tenant, run, after], (answer) => readLook(answer, (item) => item.text())))
  return lookThrough(FAMILY, undefined, look)
}

function readRunCharges(answer: Answer): { readonly found: [string, Charge][]; readonly next: string } {
  answer.array()
  const length = answer.array()
  const found = Array.from({ length: length / 2 }, (): [string, Charge] => [answer.text(), readCharge(answer)])
  return { found, next: answer.text() }
}

// Written by chargeParts.
function readCharge(answer: Answer): Charge {
  return JSON.parse(answer.text()) as Charge
}

function groupOf({ agent, model, session, tags, time }: Charge, { by, tag = '' }: CostQuery): string | undefined {
  if (by === 'tag') return Object.hasOwn(tags, tag) ? tags[tag] : undefined
  if (by === 'day') return new Date(time).toISOString().slice(0, 10)
  return { agent, model, session }[by]
}

// The key, and the row, whose places `spend.lua` names.
/** Reads a budget: its key and its row. */
export function readBudget(answer: Answer, tenant: string): BudgetRecord {
  answer.array()
  const key = answer.text()
  answer.array()
  const [tokens, nanos] = [answer.maybeNumber(), answer.maybeNumber()]
  const sums = () => ({ tokens: answer.number(), nanos: answer.number() })
  const [raised, settled, reserved] = [sums(), sums(), sums()]
  const limits = { ...(tokens === undefined ? {} : { tokens }), ...(nanos === undefined ? {} : { nanos }) }
  return { tenant, key, limits, raised, settled, reserved, createdAt: answer.number(), updatedAt: answer.number() }
}
