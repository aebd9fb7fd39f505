import type { Charge, CostRow } from '../../core/budget.ts'
import { addCharge, compareCosts, NO_COST } from '../cost.ts'
import type { CostQuery } from '../index-port.ts'
import type { MemoryState } from './state.ts'

/** Sums over the tenant's charges. */
export function listCosts(state: MemoryState, tenant: string, query: CostQuery): readonly CostRow[] {
  const { from = 0, to = Number.POSITIVE_INFINITY, limit } = query
  const charges = chargesOf(state, tenant).filter(({ time }) => time >= from && time < to)
  const groups = [...Map.groupBy(charges, (charge) => groupOf(charge, query))]
  const rows = groups.map(([group, some]) => ({ ...sum(some), ...(group === undefined ? {} : { group }) }))
  return rows.sort(compareCosts(query.by)).slice(0, limit)
}

/** What a run and those below it have cost. */
export function sumRun(state: MemoryState, tenant: string, run: string): CostRow {
  const family = new Set([run])
  const records = [...state.runs.values()].map(({ record }) => record).filter((record) => record.tenant === tenant)
  for (let size = 0; size < family.size; ) {
    size = family.size
    for (const { parent, run: child } of records) if (parent !== undefined && family.has(parent.run)) family.add(child)
  }
  return sum(chargesOf(state, tenant).filter((charge) => family.has(charge.run)))
}

/** What a run's own calls have cost. */
export function sumOwn(state: MemoryState, tenant: string, run: string): CostRow {
  return sum(chargesOf(state, tenant).filter((charge) => charge.run === run))
}

/** Removes what was charged, raised and last changed before a time. */
export function expireSpending(state: MemoryState, before: number): void {
  for (const [key, { charge }] of entriesOf(state.charges)) if (charge.time < before) state.charges.delete(key)
  for (const [key, { time }] of entriesOf(state.raises)) if (time < before) state.raises.delete(key)
  for (const [key, { updatedAt, reserved }] of entriesOf(state.budgets)) {
    if (updatedAt < before && reserved.tokens === 0 && reserved.nanos === 0) state.budgets.delete(key)
  }
}

function chargesOf(state: MemoryState, tenant: string): readonly Charge[] {
  return [...state.charges.values()].filter((row) => row.tenant === tenant).map(({ charge }) => charge)
}

function sum(charges: readonly Charge[]): CostRow {
  return charges.reduce(addCharge, NO_COST)
}

function groupOf({ agent, model, session, tags, time }: Charge, { by, tag = '' }: CostQuery): string | undefined {
  if (by === 'tag') return Object.hasOwn(tags, tag) ? tags[tag] : undefined
  return { agent, model, session, day: new Date(time).toISOString().slice(0, 10) }[by]
}

function entriesOf<V>(table: { keys(): Iterable<string>; get(key: string): V | undefined }): [string, V][] {
  return [...table.keys()].flatMap((key): [string, V][] => {
    const row = table.get(key)
    return row === undefined ? [] : [[key, row]]
  })
}
