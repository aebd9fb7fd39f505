import type { RunRecord } from '../../core/run.ts'
import { findRun, type MemoryState, putRun, type SessionRow } from './state.ts'
import { keyOf } from './table.ts'

const NO_STATE = new Uint8Array(0)

/**
 * Takes the turn of the run's session, or puts the run at the end of those that wait for it (G7).
 *
 * Answers whether the run may go on. A run that has the turn, or has no session, always may.
 */
export function takeTurn(state: MemoryState, record: RunRecord, now: number): boolean {
  if (record.session === undefined) return true
  const row = findSession(state, record.tenant, record.session) ?? newSession(record, record.session, now)
  if (row.active === undefined) {
    const blocked = row.blocked.filter((run) => run !== record.run)
    putSession(state, { ...row, active: record.run, before: row.state, blocked, updatedAt: now })
    return true
  }
  const waits = row.active !== record.run && !row.blocked.includes(record.run)
  if (waits) putSession(state, { ...row, blocked: [...row.blocked, record.run], updatedAt: now })
  return row.active === record.run
}

/** Takes an ended run out of its session. Whose turn it is then, `passTurn` decides. */
export function leaveTurn(state: MemoryState, record: RunRecord, now: number): void {
  const row = record.session === undefined ? undefined : findSession(state, record.tenant, record.session)
  if (row === undefined) return
  const { active, ...rest } = row
  const blocked = row.blocked.filter((run) => run !== record.run)
  const kept = active === undefined || active === record.run ? {} : { active }
  putSession(state, { ...rest, ...kept, blocked, updatedAt: now })
}

/** Gives a free turn to the run that waits longest: it is queued, or suspended when it was delayed for longer. */
export function passTurn(state: MemoryState, tenant: string, session: string, now: number): void {
  const row = findSession(state, tenant, session)
  const next = row?.active === undefined ? row?.blocked[0] : undefined
  const run = next === undefined ? undefined : findRun(state, tenant, next)
  if (run === undefined) return
  takeTurn(state, run.record, now)
  const { wakeAt, ...record } = run.record
  const delayed = wakeAt !== undefined && wakeAt > now
  const stands = delayed ? ({ status: 'suspended', wakeAt } as const) : ({ status: 'queued' } as const)
  putRun(state, { ...run, record: { ...record, ...stands, updatedAt: now }, queuedAt: now })
}

/** Sets the session's state, or puts back the one from before the active run. A run without the turn changes nothing. */
export function writeSession(
  state: MemoryState,
  record: RunRecord,
  change: { readonly state: Uint8Array } | 'restore',
  now: number,
): void {
  const row = record.session === undefined ? undefined : findSession(state, record.tenant, record.session)
  if (row === undefined || row.active !== record.run) return
  const bytes = change === 'restore' ? row.before : new Uint8Array(change.state)
  putSession(state, { ...row, state: bytes, version: row.version + 1, updatedAt: now })
}

/** The session's row. */
export function findSession(state: MemoryState, tenant: string, session: string): SessionRow | undefined {
  return state.sessions.get(keyOf(tenant, session))
}

function putSession(state: MemoryState, row: SessionRow): void {
  state.sessions.set(keyOf(row.tenant, row.session), row)
}

function newSession({ tenant, agent }: RunRecord, session: string, now: number): SessionRow {
  const times = { createdAt: now, updatedAt: now }
  return { tenant, session, agent, state: NO_STATE, before: NO_STATE, version: 0, blocked: [], ...times }
}
