import type { RunRecord } from '../../core/run.ts'
import { sessionTopic } from '../session.ts'
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
    const taken = { ...row, active: record.run, before: row.state, blocked, updatedAt: now }
    putSession(state, addTurn(taken, record.run))
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
  putSession(state, endTurn({ ...rest, ...kept, blocked, updatedAt: now }, record))
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

/** Sets the title that a run gives, unless a person gave one. */
export function entitleSession(state: MemoryState, record: RunRecord, title: string, now: number): void {
  const row = record.session === undefined ? undefined : findSession(state, record.tenant, record.session)
  if (row === undefined || row.active !== record.run || row.named) return
  putSession(state, { ...row, title, updatedAt: now })
}

/** The session's row. */
export function findSession(state: MemoryState, tenant: string, session: string): SessionRow | undefined {
  return state.sessions.get(keyOf(tenant, session))
}

/** Sets the session's row, and remembers that the session changed. */
export function putSession(state: MemoryState, row: SessionRow): void {
  state.sessions.set(keyOf(row.tenant, row.session), row)
  state.touched.add(sessionTopic(row.session))
}

/** A session as it begins. */
export function newSession(
  { tenant, agent }: { readonly tenant: string; readonly agent: string },
  session: string,
  now: number,
): SessionRow {
  const empty = {
    state: NO_STATE,
    before: NO_STATE,
    version: 0,
    blocked: [],
    named: false,
    tags: {},
    turns: [],
    counted: 0,
  }
  return { tenant, session, agent, ...empty, createdAt: now, updatedAt: now }
}

function addTurn(row: SessionRow, run: string, until?: number): SessionRow {
  const counted = row.counted + 1
  const after = Math.max(0, ...row.turns.filter((turn) => turn.run === run).map((turn) => turn.until ?? 0))
  const turn = { place: counted, run, after, ...(until === undefined ? {} : { until }) }
  return { ...row, counted, turns: [...row.turns, turn] }
}

// A run that never came to its turn has one that is over at once.
function endTurn(row: SessionRow, { run, sequence }: RunRecord): SessionRow {
  const open = row.turns.find((turn) => turn.run === run && turn.until === undefined)
  if (open === undefined) return addTurn(row, run, sequence)
  return { ...row, turns: row.turns.map((turn) => (turn === open ? { ...turn, until: sequence } : turn)) }
}
