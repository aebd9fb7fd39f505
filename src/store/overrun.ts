import {
  type Amounts,
  type BudgetRecord,
  MOST_COUNTED,
  type Overrun,
  type Reservation,
  type Sums,
} from '../core/budget.ts'
import type { Commit } from './journal.ts'

/** What a store knows of the run's open reservations, and of budgets. */
export interface Standing {
  reservation(id: string): Held | undefined
  budget(key: string): Pick<BudgetRecord, 'settled' | 'reserved' | 'raised'> | undefined
}

/** An open reservation: what it takes of which budgets. */
export interface Held {
  readonly amounts: Amounts
  readonly keys: readonly string[]
}

type Counts = { -readonly [K in 'settled' | 'reserved' | 'raised']: Sums }

/**
 * The first budget that has no room for a commit's reservations (G8); undefined when all have.
 *
 * Pure, and the same for every adapter: settled, reserved and wanted together may reach a limit, never pass it.
 */
export function findOverrun({ reserves = [], settles = [] }: Commit, standing: Standing): Overrun | undefined {
  const counts = new Map<string, Counts>()
  const countsOf = (key: string) => {
    const known = counts.get(key) ?? { ...NOTHING, ...standing.budget(key) }
    counts.set(key, known)
    return known
  }
  const freed = new Set<string>()
  for (const { id, amounts } of settles) {
    const held = freed.has(id) ? undefined : standing.reservation(id)
    freed.add(id)
    for (const key of held?.keys ?? []) {
      const count = countsOf(key)
      count.settled = plus(count.settled, amounts, 1)
      count.reserved = plus(count.reserved, held?.amounts, -1)
    }
  }
  for (const reservation of reserves) {
    if (!freed.has(reservation.id) && standing.reservation(reservation.id) !== undefined) continue
    for (const { key, limits } of reservation.budgets) {
      const overrun = overrunOf(reservation, key, limits, countsOf(key))
      if (overrun !== undefined) return overrun
      countsOf(key).reserved = plus(countsOf(key).reserved, reservation.amounts, 1)
    }
  }
  return undefined
}

const ZERO: Sums = Object.freeze({ tokens: 0, nanos: 0 })
const NOTHING: Counts = { settled: ZERO, reserved: ZERO, raised: ZERO }

/** The sums with so many times the amounts; an unknown price counts as nothing. */
export function plus(sums: Sums, amounts: Amounts | { readonly tokens?: number } | undefined, times: 1 | -1): Sums {
  const { tokens = 0, nanos = 0 }: { readonly tokens?: number; readonly nanos?: number } = amounts ?? {}
  const sum = (before: number, amount: number) => Math.min(before + times * amount, MOST_COUNTED)
  return { tokens: sum(sums.tokens, tokens), nanos: sum(sums.nanos, nanos) }
}

function overrunOf(
  { amounts }: Reservation,
  key: string,
  limits: Reservation['budgets'][number]['limits'],
  { settled, reserved, raised }: Counts,
): Overrun | undefined {
  for (const unit of ['tokens', 'nanos'] as const) {
    const limit = limits[unit]
    const wanted = amounts[unit] ?? 0
    if (limit === undefined || settled[unit] + reserved[unit] + wanted <= limit + raised[unit]) continue
    return { key, unit, limit: limit + raised[unit], settled: settled[unit], reserved: reserved[unit], wanted }
  }
  return undefined
}
