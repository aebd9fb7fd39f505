import { bookOpen } from './spend.ts'
import type { Holdings } from './sql/run.ts'
import { endTurn } from './turn.ts'
import type { Work } from './work.ts'

/** How long an idempotency key outlives its run (ms). */
const KEY_LIFE = 7 * 24 * 60 * 60 * 1000

/** Clears up after a run that ended: its messages, questions and reservations, the life of its key, and its session's turn. */
export function finishRun(work: Work, { tenant, run, agent, session, key }: Holdings, now: number): void {
  work.inbox.consumeAll.run(tenant, run)
  work.inbox.closeAll.run(tenant, run)
  bookOpen(work, tenant, run, now)
  if (key !== null) work.keys.end.run(now + KEY_LIFE, tenant, agent, key, run)
  if (session !== null) endTurn(work, tenant, session, run, now)
}
