import { sessionTopic } from '../session.ts'
import type { RunRow } from './run-row.ts'
import { touch, type Work } from './work.ts'

/** What a session's turn is asked for. */
interface Claimant {
  readonly tenant: string
  readonly run: string
  readonly agent: string
  readonly session: string | null
}

/** Takes the turn of the run's session, if it is free or the run's already (G7). A run without a session may always go on. */
export function takeTurn(work: Work, { tenant, run, agent, session }: Claimant, now: number): boolean {
  if (session === null) return true
  const taken =
    work.sessions.take.run(run, now, tenant, session).changes > 0 ||
    work.sessions.insert.run(tenant, session, agent, run, now).changes > 0
  if (!taken) return work.sessions.get.get(tenant, session)?.active === run
  beginTurn(work, tenant, session, run)
  return true
}

/** Ends the turn of a run that ended; one that never came to its turn has one that is over at once, so that the history has it. */
export function endTurn(work: Work, tenant: string, session: string, run: string, now: number): void {
  work.sessions.leave.run(now, tenant, session, run)
  if (work.sessions.endTurn.run(tenant, session, run).changes === 0) {
    work.sessions.count.run(tenant, session)
    work.sessions.skipTurn.run(tenant, session, run)
  }
  touch(work, sessionTopic(session))
}

function beginTurn(work: Work, tenant: string, session: string, run: string): void {
  work.sessions.beginTurn.run(tenant, session, run)
  touch(work, sessionTopic(session))
}

/** Puts a run at the end of those that wait for the session's turn; answers its place among them. */
export function joinLine(work: Work, tenant: string, session: string | undefined | null, now: number): number | null {
  if (session === undefined || session === null) return null
  work.sessions.touch.run(now, tenant, session)
  return (work.runs.lastTurn.get(tenant, session)?.turn ?? 0) + 1
}

/** Gives a free turn to the run that waits longest: it is queued, or suspended when it was delayed for longer. */
export function passTurn(work: Work, tenant: string, session: string, now: number): void {
  const row = work.runs.firstBlocked.get(tenant, session)
  if (row === undefined || work.sessions.take.run(row.run, now, tenant, session).changes === 0) return
  beginTurn(work, tenant, session, row.run)
  const delayed = row.wakeAt !== null && row.wakeAt > now
  const stands = delayed
    ? { wakeAt: row.wakeAt, status: 'suspended' as const }
    : { wakeAt: null, status: 'queued' as const }
  putRun(work, { ...row, ...stands, turn: null, queuedAt: now, updatedAt: now })
}

/** Writes all of a run's row that can change, and remembers that the run changed. */
export function putRun(work: Work, row: RunRow): void {
  work.runs.put.run(
    row.tenant,
    row.run,
    row.status,
    row.reason,
    row.epoch,
    row.sequence,
    row.bytes,
    row.worker,
    row.crashes,
    row.updatedAt,
    row.wakeAt,
    row.endedAt,
    row.queuedAt,
    row.turn,
  )
  touch(work, row.run)
}
