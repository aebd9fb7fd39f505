import type { Work } from './work.ts'

/** How long an idempotency key outlives its run (ms). */
export const KEY_LIFE = 7 * 24 * 60 * 60 * 1000

/** Clears up after a run that ended: its messages and questions, the life of its key, and its session's turn. */
export function finishRun(
  work: Work,
  run: {
    readonly tenant: string
    readonly run: string
    readonly agent: string
    readonly session: string | null
    readonly key: string | null
  },
  now: number,
): void {
  const { tenant, agent, session, key } = run
  work.inbox.consumeAll.run(tenant, run.run)
  work.inbox.closeAll.run(tenant, run.run)
  if (key !== null) work.keys.end.run(now + KEY_LIFE, tenant, agent, key, run.run)
  if (session !== null) work.sessions.leave.run(now, tenant, session, run.run)
}
