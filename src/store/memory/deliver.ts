import { hasEnded } from '../../core/run.ts'
import type { DeliverOutcome, Message } from '../journal.ts'
import { wakeRun } from './move.ts'
import { findRun, type MemoryState } from './state.ts'
import { keyOf } from './table.ts'

/** Puts a message into its run's inbox, once by id, and wakes a suspended run, or a paused one that it cancels. */
export function applyDeliver(state: MemoryState, message: Message, now: number): DeliverOutcome {
  const { tenant, run, id, closes } = message
  const status = findRun(state, tenant, run)?.record.status
  if (status === undefined) return { kind: 'not-found' }
  if (hasEnded(status)) return { kind: 'ended', status }
  if (state.delivered.get(keyOf(tenant, run)).includes(id)) return { kind: 'duplicate' }
  if (closes !== undefined && !state.questions.delete(keyOf(tenant, run, closes))) return { kind: 'not-open' }
  state.delivered.push(keyOf(tenant, run), [id])
  const order = ++state.arrivals.last
  state.inbox.set(keyOf(tenant, run, id), { order, message: { ...message, payload: new Uint8Array(message.payload) } })
  state.touched.add(run)
  if (status === 'suspended' || (status === 'paused' && message.kind === 'cancel')) wakeRun(state, tenant, run, now)
  return { kind: 'delivered' }
}
