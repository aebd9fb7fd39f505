import type { BudgetRecord, Charge, Reservation, Settlement, Sums } from '../../core/budget.ts'
import type { Commit } from '../journal.ts'
import { type Held, plus, type Standing } from '../overrun.ts'
import type { OpenReservation } from '../transfer-row.ts'
import type { MemoryState } from './state.ts'
import { keyOf } from './table.ts'

/** What reservations are checked against. */
export function standingOf(state: MemoryState, { tenant, run }: Commit): Standing {
  return {
    reservation: (id) => heldBy(state.reservations.get(keyOf(tenant, run, id))?.reservation),
    budget: (key) => state.budgets.get(keyOf(tenant, key)),
  }
}

/** Does what the commit says of budgets and the ledger, which `findOverrun` let through. */
export function applySpending(state: MemoryState, commit: Commit, now: number): void {
  const { tenant, run, raises = [], settles = [], reserves = [], charges = [] } = commit
  for (const { id, key, amounts } of raises) {
    if (state.raises.get(keyOf(tenant, id)) !== undefined) continue
    state.raises.set(keyOf(tenant, id), { time: now })
    const budget = budgetOf(state, tenant, key, now)
    putBudget(state, { ...budget, raised: plus(budget.raised, amounts, 1) }, now)
  }
  for (const settlement of settles) settle(state, commit, settlement, now)
  for (const reservation of reserves) reserve(state, commit, reservation, now)
  for (const charge of charges) bookCharge(state, tenant, run, charge)
}

/** Books the open reservations of a run that ends as what is assumed of them, and frees them. */
export function bookOpen(state: MemoryState, tenant: string, run: string, now: number): void {
  for (const row of [...state.reservations.values()]) {
    if (row.tenant !== tenant || row.run !== run) continue
    const { id, amounts, charge } = row.reservation
    settle(state, { tenant, run }, { id, amounts }, now)
    bookCharge(state, tenant, run, charge)
  }
}

type Owner = Pick<Commit, 'tenant' | 'run'>

function settle(state: MemoryState, { tenant, run }: Owner, { id, amounts }: Settlement, now: number): void {
  const held = state.reservations.get(keyOf(tenant, run, id))?.reservation
  if (held === undefined) return
  state.reservations.delete(keyOf(tenant, run, id))
  for (const { key } of held.budgets) {
    const budget = budgetOf(state, tenant, key, now)
    const reserved = plus(budget.reserved, held.amounts, -1)
    putBudget(state, { ...budget, settled: plus(budget.settled, amounts, 1), reserved }, now)
  }
}

function reserve(state: MemoryState, { tenant, run }: Owner, reservation: Reservation, now: number): void {
  const { id, amounts, budgets } = reservation
  if (state.reservations.get(keyOf(tenant, run, id)) !== undefined) return
  state.reservations.set(keyOf(tenant, run, id), { tenant, run, reservation })
  for (const { key, limits } of budgets) {
    const budget = budgetOf(state, tenant, key, now)
    putBudget(state, { ...budget, limits, reserved: plus(budget.reserved, amounts, 1) }, now)
  }
}

/** Books a charge, once. */
export function bookCharge(state: MemoryState, tenant: string, run: string, charge: Charge): void {
  const key = keyOf(tenant, run, charge.id)
  if (state.charges.get(key) === undefined) state.charges.set(key, { tenant, charge: { ...charge, run } })
}

/** Puts back a reservation that was open: what it takes counts again, and its budgets' limits are left as they are. */
export function holdReservation(
  state: MemoryState,
  tenant: string,
  run: string,
  open: OpenReservation,
  now: number,
): void {
  const { id, amounts, keys, charge } = open
  const budgets = keys.map((key) => ({ key, limits: {} }))
  state.reservations.set(keyOf(tenant, run, id), { tenant, run, reservation: { id, amounts, budgets, charge } })
  for (const key of keys) {
    const budget = budgetOf(state, tenant, key, now)
    putBudget(state, { ...budget, reserved: plus(budget.reserved, amounts, 1) }, now)
  }
}

function heldBy(reservation: Reservation | undefined): Held | undefined {
  return reservation === undefined
    ? undefined
    : { amounts: reservation.amounts, keys: reservation.budgets.map(({ key }) => key) }
}

const ZERO: Sums = Object.freeze({ tokens: 0, nanos: 0 })

function budgetOf(state: MemoryState, tenant: string, key: string, now: number): BudgetRecord {
  const sums = { raised: ZERO, settled: ZERO, reserved: ZERO }
  return state.budgets.get(keyOf(tenant, key)) ?? { tenant, key, limits: {}, ...sums, createdAt: now, updatedAt: now }
}

function putBudget(state: MemoryState, budget: BudgetRecord, now: number): void {
  state.budgets.set(keyOf(budget.tenant, budget.key), { ...budget, updatedAt: now })
}
