import type { BudgetRecord, Charge, Reservation, Settlement } from '../../core/budget.ts'
import type { Commit, CommitOutcome } from '../journal.ts'
import { findOverrun, type Held } from '../overrun.ts'
import type { BudgetRow, ReservationRow } from './sql/spend.ts'
import type { Work } from './work.ts'

/** Whether a budget has no room for what the commit reserves (G8). Writes nothing. */
export function overrunOf(work: Work, commit: Commit): Extract<CommitOutcome, { kind: 'over-budget' }> | undefined {
  if (commit.reserves === undefined) return undefined
  const { tenant, run } = commit
  const overrun = findOverrun(commit, {
    reservation: (id) => heldBy(work.spend.held.get(tenant, run, id)),
    budget: (key) => sumsOf(work.spend.budget.get(tenant, key)),
  })
  return overrun === undefined ? undefined : { kind: 'over-budget', ...overrun }
}

/** Does what the commit says of budgets and the ledger, which `overrunOf` let through. */
export function applySpending(work: Work, commit: Commit, now: number): void {
  const { tenant, run, raises, settles, reserves, charges } = commit
  if (raises !== undefined) {
    for (const { id, key, amounts } of raises) {
      if (work.spend.raised.run(tenant, id, now).changes === 0) continue
      work.spend.raise.run(tenant, key, amounts.tokens ?? 0, amounts.nanos ?? 0, now)
    }
  }
  if (settles !== undefined) for (const settlement of settles) settle(work, tenant, run, settlement, now)
  if (reserves !== undefined) for (const reservation of reserves) reserve(work, tenant, run, reservation, now)
  if (charges !== undefined) for (const charge of charges) book(work, tenant, run, charge)
}

/** Books the open reservations of a run that ends as what is assumed of them, and frees them. */
export function bookOpen(work: Work, tenant: string, run: string, now: number): void {
  for (const row of work.spend.open.all(tenant, run)) {
    const { amounts } = heldBy(row)
    settle(work, tenant, run, { id: row.id, amounts }, now)
    // Written by `reserve`.
    book(work, tenant, run, JSON.parse(row.charge) as Charge)
  }
}

function settle(work: Work, tenant: string, run: string, { id, amounts }: Settlement, now: number): void {
  const row = work.spend.held.get(tenant, run, id)
  if (row === undefined) return
  work.spend.free.run(tenant, run, id)
  for (const key of heldBy(row).keys) {
    work.spend.settle.run(tenant, key, row.tokens, row.nanos ?? 0, amounts.tokens, amounts.nanos ?? 0, now)
  }
}

function reserve(work: Work, tenant: string, run: string, reservation: Reservation, now: number): void {
  const { id, amounts, budgets, charge } = reservation
  if (work.spend.held.get(tenant, run, id) !== undefined) return
  const keys = JSON.stringify(budgets.map(({ key }) => key))
  work.spend.hold.run(tenant, run, id, amounts.tokens, amounts.nanos ?? null, keys, JSON.stringify(charge))
  for (const { key, limits } of budgets) {
    const { tokens = null, nanos = null } = limits
    work.spend.reserve.run(tenant, key, tokens, nanos, amounts.tokens, amounts.nanos ?? 0, now)
  }
}

/** Books a charge, once. */
export function book(work: Work, tenant: string, run: string, charge: Charge): void {
  const { id, time, agent, session = null, tags, provider, model, usage, nanos = null, assumed } = charge
  const { input, cachedInput, cacheWrite, output, reasoning } = usage
  const told = Object.keys(tags).length === 0 ? null : JSON.stringify(tags)
  const counted = [input, cachedInput, cacheWrite, output, reasoning, nanos, assumed ? 1 : 0] as const
  work.spend.book.run(tenant, run, id, time, agent, session, told, provider, model, ...counted)
}

function heldBy(row: ReservationRow): Held
function heldBy(row: ReservationRow | undefined): Held | undefined
function heldBy(row: ReservationRow | undefined): Held | undefined {
  if (row === undefined) return undefined
  const { tokens, nanos, budgets } = row
  return { amounts: { tokens, ...(nanos === null ? {} : { nanos }) }, keys: JSON.parse(budgets) as readonly string[] }
}

type Counted = Pick<BudgetRecord, 'raised' | 'settled' | 'reserved'>

/** What the row says was counted. */
export function sumsOf(row: BudgetRow): Counted
export function sumsOf(row: BudgetRow | undefined): Counted | undefined
export function sumsOf(row: BudgetRow | undefined): Counted | undefined {
  if (row === undefined) return undefined
  return {
    raised: { tokens: row.raisedTokens, nanos: row.raisedNanos },
    settled: { tokens: row.settledTokens, nanos: row.settledNanos },
    reserved: { tokens: row.reservedTokens, nanos: row.reservedNanos },
  }
}
