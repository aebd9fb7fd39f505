import { hasEnded } from '../../core/run.ts'
import type { DeliverOutcome, Message } from '../journal.ts'
import type { MessageRow } from './sql/inbox.ts'
import { touch, type Work } from './work.ts'

/** Places for messages that arrive in one millisecond. */
const ARRIVALS = 1024

/** Puts a message into its run's inbox, once by id, and wakes a suspended run, or a paused one that it cancels. */
export function applyDeliver(work: Work, message: Message, now: number): DeliverOutcome {
  const { tenant, run, id, kind, time, closes, payload } = message
  const status = work.runs.status.get(tenant, run)?.status
  if (status === undefined) return { kind: 'not-found' }
  if (hasEnded(status)) return { kind: 'ended', status }
  if (closes !== undefined) {
    if (work.inbox.has.get(tenant, run, id) !== undefined) return { kind: 'duplicate' }
    if (work.inbox.close.run(tenant, run, closes).changes === 0) return { kind: 'not-open' }
  }
  const arrival = nextArrival(work, now)
  const { changes } = work.inbox.insert.run(tenant, run, id, arrival, kind, time, closes ?? null, payload)
  if (changes === 0) return { kind: 'duplicate' }
  if (status === 'suspended' || (status === 'paused' && kind === 'cancel')) work.runs.wake.run(now, tenant, run)
  touch(work, run)
  return { kind: 'delivered' }
}

/** The row's message. */
export function messageOf({ closes, ...message }: MessageRow): Message {
  return closes === null ? message : { ...message, closes }
}

/** A place after all messages that arrived: of the clock, so that it goes on over restarts and between processes without being looked up. */
export function nextArrival(work: Work, now: number): number {
  work.arrival = Math.max(work.arrival + 1, Math.floor(now) * ARRIVALS)
  return work.arrival
}
