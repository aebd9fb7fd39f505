import type { CallLine } from './call-log.ts'
import type { Collected } from './collect.ts'
import { overtaken, type Placed } from './overtaken.ts'

/** What models did cost, by the provider's book and by the ledger. Amounts are nanodollars. */
export interface Spending {
  /** Requests that reached the provider, and what it charged for them. */
  readonly calls: number
  readonly charged: number
  /** What the ledger holds, and how much of it is assumed, since nobody said what became of a call. */
  readonly booked: number
  readonly assumed: number
}

/**
 * Compares the provider's book with the ledger, and budgets with their limits (G8).
 *
 * Pure. A call whose answer is in the journal is booked at what it did cost, to the nanodollar; every other one is covered by an
 * assumed charge, at no less than it did cost.
 */
export function checkMoney(
  calls: readonly Placed<CallLine>[],
  { runs, costs, budgets }: Collected,
): { readonly repeated: readonly string[]; readonly money: readonly string[]; readonly spending: Spending } {
  const repeated: string[] = []
  const money: string[] = []
  const charged = calls.filter(({ refused }) => refused !== true)
  const byRun = Map.groupBy(charged, ({ key }) => key.slice(0, key.indexOf('/')))
  for (const { record, entries } of runs) {
    const recorded = JSON.stringify(entries.filter(({ kind }) => kind === 'step-completed'))
    const isKnown = ({ nonce }: CallLine) => recorded.includes(nonce)
    const own = byRun.get(record.run) ?? []
    repeated.push(...afterTheirRecord(own, isKnown))
    const cost = costs.get(record.run)
    if (cost === undefined) continue
    const exact = { calls: cost.calls - cost.assumed.calls, nanos: cost.nanos - cost.assumed.nanos }
    const known = sumOf(own.filter(isKnown))
    const unknown = sumOf(own.filter((line) => !isKnown(line)))
    if (known.calls !== exact.calls || known.nanos !== exact.nanos) {
      money.push(`${record.run} has ${show(exact)} booked, its answers in the journal did cost ${show(known)}`)
    }
    if (unknown.calls > cost.assumed.calls || unknown.nanos > cost.assumed.nanos) {
      money.push(`${record.run} has ${show(cost.assumed)} assumed, its lost answers did cost ${show(unknown)}`)
    }
  }
  for (const { key, limits, raised, settled, reserved } of budgets) {
    for (const unit of ['tokens', 'nanos'] as const) {
      const limit = (limits[unit] ?? Number.POSITIVE_INFINITY) + raised[unit]
      if (settled[unit] + reserved[unit] > limit) money.push(`${key} has ${settled[unit]} ${unit} settled of ${limit}`)
      if (reserved[unit] !== 0) money.push(`${key} still has ${reserved[unit]} ${unit} reserved`)
    }
  }
  const all = [...costs.values()]
  const booked = all.reduce((sum, { nanos }) => sum + nanos, 0)
  const assumed = all.reduce((sum, row) => sum + row.assumed.nanos, 0)
  const { calls: count, nanos } = sumOf(charged)
  return { repeated, money, spending: { calls: count, charged: nanos, booked, assumed } }
}

function afterTheirRecord(own: readonly Placed<CallLine>[], isKnown: (line: CallLine) => boolean): string[] {
  return [...Map.groupBy(own, ({ key }) => key).values()].flatMap((lines) => {
    const late = overtaken(lines)
    const last = lines.findIndex(isKnown)
    const after = last === -1 ? [] : lines.slice(last + 1).filter((line) => !late.has(line))
    return after.map(({ key, nonce }) => `${key}: model called (${nonce}) after its record`)
  })
}

function sumOf(lines: readonly CallLine[]): { readonly calls: number; readonly nanos: number } {
  return { calls: lines.length, nanos: lines.reduce((sum, { nanos }) => sum + nanos, 0) }
}

function show({ calls, nanos }: { readonly calls: number; readonly nanos: number }): string {
  return `${calls} calls for ${nanos} nanodollars`
}
