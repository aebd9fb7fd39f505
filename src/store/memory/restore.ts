import { hasEnded } from '../../core/run.ts'
import { revive } from '../transfer/revive.ts'
import type { EntriesRow, Row, RunRow, SessionRow } from '../transfer-row.ts'
import { bookCharge, holdReservation } from './spend.ts'
import { findRun, type MemoryState, putRun } from './state.ts'
import { ownEntry } from './submit.ts'
import { keyOf } from './table.ts'
import { findSession, newSession, passTurn, putSession } from './turn.ts'

/** The version of a session of which only turns were restored yet. */
const TURNS_ALONE = -1

/** Puts one row; one that is there already does nothing. */
export function restoreRow(state: MemoryState, row: Row): void {
  switch (row.kind) {
    case 'entries':
      return stageEntries(state, row)
    case 'run':
      return restoreRun(state, revive(row))
    case 'session':
      return restoreSession(state, row)
    case 'budget': {
      const { kind, ...budget } = row
      const reserved = state.budgets.get(keyOf(row.tenant, row.key))?.reserved ?? { tokens: 0, nanos: 0 }
      return state.budgets.set(keyOf(row.tenant, row.key), { ...budget, reserved })
    }
    case 'raise':
      return state.raises.set(keyOf(row.tenant, row.id), { time: row.time })
    case 'charge':
      return bookCharge(state, row.tenant, row.charge.run, row.charge)
    case 'key': {
      const { run, inputHash, endsAt } = row
      const ends = endsAt === undefined ? {} : { endsAt }
      return state.keys.set(keyOf(row.tenant, row.agent, row.key), { run, inputHash, ...ends })
    }
    case 'schedule':
      return state.schedules.set(keyOf(row.schedule.tenant, row.schedule.name), row.schedule)
    case 'blob':
      return
  }
}

/** Has one run at most in each session's turn, the oldest, and the others wait; a turn that nobody has is passed on. */
export function mendSessions(state: MemoryState, now: number): void {
  for (const { tenant, session } of [...state.sessions.values()]) {
    const open = [...state.runs.values()]
      .map(({ record }) => record)
      .filter((record) => record.tenant === tenant && record.session === session && !hasEnded(record.status))
      .sort((a, b) => a.createdAt - b.createdAt || (a.run < b.run ? -1 : 1))
    const row = findSession(state, tenant, session)
    if (row === undefined) continue
    const [active, ...others] = open.filter(({ status }) => status !== 'blocked').map(({ run }) => run)
    const waiting = row.blocked.filter((run) =>
      open.some((record) => record.run === run && record.status === 'blocked'),
    )
    const missed = open
      .filter(({ run, status }) => status === 'blocked' && !waiting.includes(run))
      .map(({ run }) => run)
    const blocked = [...others, ...waiting, ...missed]
    for (const run of others) block(state, tenant, run)
    const { active: _, ...rest } = row
    if (active !== row.active || blocked.length !== row.blocked.length) {
      putSession(state, { ...rest, ...(active === undefined ? {} : { active }), blocked })
    }
    passTurn(state, tenant, session, now)
  }
}

function block(state: MemoryState, tenant: string, run: string): void {
  const row = findRun(state, tenant, run)
  if (row !== undefined) putRun(state, { ...row, record: { ...row.record, status: 'blocked' } })
}

// What an import that was cut off had put of the run begins anew where these entries do.
function stageEntries(state: MemoryState, { tenant, run, entries }: EntriesRow): void {
  if (findRun(state, tenant, run) !== undefined) return
  const key = keyOf(tenant, run)
  const kept = state.journals.get(key).slice(0, (entries[0]?.sequence ?? 1) - 1)
  state.journals.delete(key)
  state.journals.push(key, [...kept, ...entries.map(ownEntry)])
}

function restoreRun(state: MemoryState, row: RunRow): void {
  const { record, queuedAt, blobs, key, inbox, consumed, questions, reservations, charges } = row
  const { tenant, run } = record
  if (findRun(state, tenant, run) !== undefined) return
  const at = key === undefined ? undefined : keyOf(tenant, record.agent, key.key)
  putRun(state, { record, queuedAt, blobs, ...(at === undefined ? {} : { key: at }) })
  if (at !== undefined && key !== undefined) {
    const ends = key.endsAt === undefined ? {} : { endsAt: key.endsAt }
    state.keys.set(at, { run: record, inputHash: key.inputHash, ...ends })
  }
  state.delivered.push(keyOf(tenant, run), [...consumed, ...inbox.map(({ id }) => id)])
  for (const message of inbox) {
    state.inbox.set(keyOf(tenant, run, message.id), { message, order: ++state.arrivals.last })
  }
  for (const question of questions) state.questions.set(keyOf(tenant, run, question.id), question)
  for (const reservation of reservations) holdReservation(state, tenant, run, reservation, record.updatedAt)
  for (const charge of charges) bookCharge(state, tenant, run, charge)
  // One whose session was removed has no turns, and brings no session back.
  if (record.session !== undefined && row.turns.length > 0) restoreTurns(state, row, record.session)
}

function restoreTurns(state: MemoryState, { record, turns }: RunRow, session: string): void {
  const row = findSession(state, record.tenant, session) ?? {
    ...newSession(record, session, record.createdAt),
    version: TURNS_ALONE,
  }
  const all = [...row.turns, ...turns].sort((a, b) => a.place - b.place)
  putSession(state, { ...row, turns: all })
}

function restoreSession(state: MemoryState, { kind, ...row }: SessionRow): void {
  const there = findSession(state, row.tenant, row.session)
  if (there !== undefined && there.version !== TURNS_ALONE) return
  putSession(state, { ...row, turns: there?.turns ?? [] })
}
