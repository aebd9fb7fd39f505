import { hasEnded, type RunRecord } from '../../core/run.ts'
import type { Transition } from '../journal.ts'
import { bookOpen } from './spend.ts'
import { findRun, inboxOf, type MemoryState, putRun, questionsOf, type RunRow } from './state.ts'
import { keyOf } from './table.ts'
import { leaveTurn, takeTurn } from './turn.ts'

/** How long an idempotency key outlives its run (ms). */
const KEY_LIFE = 7 * 24 * 60 * 60 * 1000

/** Makes a run stand as the transition says. A run whose session is another's turn is blocked instead, unless it ends (G7). */
export function moveRun(state: MemoryState, row: RunRow, next: Transition, now: number): void {
  const { worker, wakeAt, endedAt, reason, ...held } = row.record
  const base = { ...held, ...(next.reason === undefined ? {} : { reason: next.reason }), updatedAt: now }
  if (hasEnded(next.status)) endRun(state, row, { ...base, status: next.status, endedAt: now }, now)
  else {
    if (endedAt !== undefined) keepKey(state, row, undefined)
    putRun(state, { ...row, ...standing(state, base, next, now) })
  }
}

/** Queues a run, for whoever claims it next. */
export function queueRun(state: MemoryState, row: RunRow, at: number, now: number, crashes = row.record.crashes): void {
  const { worker, wakeAt, reason, ...record } = row.record
  putRun(state, { ...row, record: { ...record, status: 'queued', crashes, updatedAt: now }, queuedAt: at })
}

/** Queues a suspended or paused run that has something to read. */
export function wakeRun(state: MemoryState, tenant: string, run: string, now: number): void {
  const row = findRun(state, tenant, run)
  if (row?.record.status === 'suspended' || row?.record.status === 'paused') queueRun(state, row, now, now)
}

function standing(
  state: MemoryState,
  base: Omit<RunRecord, 'wakeAt'>,
  next: Transition,
  now: number,
): Pick<RunRow, 'record' | 'queuedAt'> {
  const wake = next.status === 'suspended' && next.wakeAt !== undefined ? { wakeAt: next.wakeAt } : {}
  if (!takeTurn(state, base, now)) return { record: { ...base, ...wake, status: 'blocked' }, queuedAt: now }
  if (next.status === 'queued') return { record: { ...base, status: 'queued' }, queuedAt: next.at }
  const inbox = inboxOf(state, base.tenant, base.run)
  if (inbox.some(({ message }) => next.status === 'suspended' || message.kind === 'cancel')) {
    const { reason, ...rest } = base
    return { record: { ...rest, status: 'queued' }, queuedAt: now }
  }
  return { record: { ...base, ...wake, status: next.status }, queuedAt: now }
}

function endRun(state: MemoryState, row: RunRow, record: RunRecord, now: number): void {
  const { tenant, run } = record
  for (const { message } of inboxOf(state, tenant, run)) state.inbox.delete(keyOf(tenant, run, message.id))
  for (const { id } of questionsOf(state, tenant, run)) state.questions.delete(keyOf(tenant, run, id))
  bookOpen(state, tenant, run, now)
  putRun(state, { ...row, record })
  keepKey(state, row, now + KEY_LIFE)
  leaveTurn(state, record, now)
}

// A key that has run out may by now stand for a later run.
function keepKey(state: MemoryState, row: RunRow, endsAt: number | undefined): void {
  const key = row.key === undefined ? undefined : state.keys.get(row.key)
  if (row.key === undefined || key === undefined || key.run.run !== row.record.run) return
  const { run, inputHash } = key
  state.keys.set(row.key, { run, inputHash, ...(endsAt === undefined ? {} : { endsAt }) })
}
