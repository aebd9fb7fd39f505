import type { Charge } from '../../core/budget.ts'
import { revive } from '../transfer/revive.ts'
import type { EntriesRow, OpenReservation, Row, RunRow, SessionRow } from '../transfer-row.ts'
import { nextArrival } from './deliver.ts'
import { insertEntry, referTo } from './entry.ts'
import { valuesOf } from './schedule.ts'
import { book } from './spend.ts'
import type { ScheduleStatements } from './sql/schedule.ts'
import type { RestoreStatements } from './sql/transfer.ts'
import { passTurn } from './turn.ts'
import { touch, type Work } from './work.ts'

/** What rows are put with. */
export interface Target {
  readonly work: Work
  readonly statements: RestoreStatements
  readonly schedules: ScheduleStatements
}

/** Puts one row; one that is there already does nothing. */
export function restoreRow(target: Target, row: Row, now: number): void {
  const { work, statements, schedules } = target
  switch (row.kind) {
    case 'entries':
      return stageEntries(target, row)
    case 'run':
      return restoreRun(target, revive(row), now)
    case 'session':
      return restoreSession(target, row)
    case 'budget': {
      const { tenant, key, limits, raised, settled, createdAt, updatedAt } = row
      const sums = [raised.tokens, raised.nanos, settled.tokens, settled.nanos] as const
      const { tokens = null, nanos = null } = limits
      return void statements.budget.run(tenant, key, tokens, nanos, ...sums, createdAt, updatedAt)
    }
    case 'raise':
      return void statements.raise.run(row.tenant, row.id, row.time)
    case 'charge':
      return book(work, row.tenant, row.charge.run, row.charge)
    case 'key': {
      const { tenant, agent, key, inputHash, endsAt = null, run } = row
      return void statements.key.run(tenant, agent, key, run.run, inputHash, endsAt, JSON.stringify(run))
    }
    case 'schedule':
      return void schedules.put.run(...valuesOf(row.schedule))
    case 'blob':
      return
  }
}

/** Has one run at most in a session's turn, the oldest, and the others wait; a turn that nobody has is passed on. */
export function mendSession({ work, statements }: Target, tenant: string, session: string, now: number): void {
  const [active, ...others] = statements.going.all(tenant, session).map(({ run }) => run)
  const waiting = statements.waiting.all(tenant, session).map(({ run }) => run)
  for (const [at, run] of [...others, ...waiting].entries()) statements.block.run(at + 1, tenant, run)
  statements.activate.run(active ?? null, tenant, session)
  passTurn(work, tenant, session, now)
}

// What an import that was cut off had put of the run begins anew where these entries do.
function stageEntries({ work, statements }: Target, { tenant, run, entries }: EntriesRow): void {
  const [first] = entries
  if (first === undefined || work.runs.status.get(tenant, run) !== undefined) return
  statements.unstage.run(tenant, run, first.sequence)
  for (const entry of entries) insertEntry(work, entry)
}

function restoreRun(target: Target, row: RunRow, now: number): void {
  const { work, statements } = target
  const { record, blobs, key, turns, inbox, consumed, questions, reservations, charges } = row
  const { tenant, run, session } = record
  if (work.runs.status.get(tenant, run) !== undefined) return
  statements.run.run(...columnsOf(row))
  for (const [name, value] of Object.entries(record.tags)) work.runs.tag.run(tenant, name, value, record.createdAt, run)
  if (key !== undefined) {
    statements.key.run(tenant, record.agent, key.key, run, key.inputHash, key.endsAt ?? null, null)
  }
  referTo(work, record, blobs)
  for (const id of consumed) statements.consumed.run(tenant, run, id)
  for (const { id, kind, time, closes, payload } of inbox) {
    work.inbox.insert.run(tenant, run, id, nextArrival(work, now), kind, time, closes ?? null, payload)
  }
  for (const { id, agent, askedAt, deadline, payload, assignee } of questions) {
    work.inbox.ask.run(tenant, run, id, agent, askedAt, deadline ?? null, payload, assignee ?? null)
  }
  for (const reservation of reservations) hold(target, record, reservation)
  for (const charge of charges) book(work, tenant, run, charge)
  if (session === undefined) return
  for (const { place, after, until } of turns) statements.turn.run(tenant, session, place, run, after, until ?? null)
  touch(work, run)
}

function columnsOf({ record, key, queuedAt }: RunRow) {
  const { parent, tags, worker } = record
  return [
    ...([record.tenant, record.run, record.agent, record.release, record.status, record.reason ?? null] as const),
    ...([record.session ?? null, parent?.run ?? null, parent?.step ?? null, record.priority] as const),
    ...([Object.keys(tags).length === 0 ? null : JSON.stringify(tags), key?.key ?? null, record.epoch] as const),
    ...([record.sequence, record.bytes, worker ?? null, record.crashes, record.createdAt, record.updatedAt] as const),
    ...([record.wakeAt ?? null, record.endedAt ?? null, queuedAt, record.snapshot ?? null] as const),
  ] as const
}

function hold(
  { work, statements }: Target,
  { tenant, run, updatedAt }: RunRow['record'],
  { id, amounts, keys, charge }: OpenReservation,
): void {
  const { tokens, nanos } = amounts
  const booked: Charge = charge
  work.spend.hold.run(tenant, run, id, tokens, nanos ?? null, JSON.stringify(keys), JSON.stringify(booked))
  for (const key of keys) statements.reserved.run(tenant, key, tokens, nanos ?? 0, updatedAt)
}

function restoreSession({ work, statements }: Target, row: SessionRow): void {
  const { tenant, session, tags, createdAt } = row
  const told = Object.keys(tags).length === 0 ? null : JSON.stringify(tags)
  const said = [row.title ?? null, row.named ? 1 : 0, told, row.ttl ?? null, row.counted] as const
  const held = [row.version, row.active ?? null, createdAt, row.updatedAt, row.state, row.before] as const
  if (statements.session.run(tenant, session, row.agent, ...held, ...said).changes === 0) return
  for (const [name, value] of Object.entries(tags)) work.sessions.tag.run(tenant, name, value, createdAt, session)
  for (const [at, run] of row.blocked.entries()) statements.block.run(at + 1, tenant, run)
}
