import type { Charge } from '../../core/budget.ts'
import { revive } from '../transfer/revive.ts'
import type { Row, RunRow, SessionRow } from '../transfer-row.ts'
import { packEntries } from './entry.ts'
import { type Operation, plainOperation, readNothing } from './operation.ts'
import type { Value } from './pack.ts'
import { idOf, tagParts } from './record.ts'
import { scheduleParts } from './schedule.ts'
import { chargeParts } from './spend.ts'

/** What of a run's reservations is booked as it is restored: the most that the calls can have cost. */
export interface Booked {
  readonly key: string
  readonly tokens: number
  readonly nanos: number
}

/** What puts a row; undefined for a blob, which the blob port puts. */
export function restoreOperation(row: Row, booked: readonly Booked[] = []): Operation<void> | undefined {
  switch (row.kind) {
    case 'entries':
      return {
        pack: (out) => {
          out.array(4)
          out.text('stage')
          out.text(idOf(row.tenant, row.run))
          out.number(row.entries[0]?.sequence ?? 1)
          packEntries(out, row.entries)
        },
        read: readNothing,
      }
    case 'run':
      return plainOperation(runParts(revive(row), booked), readNothing)
    case 'session':
      return plainOperation(sessionParts(row), readNothing)
    case 'budget': {
      const { tenant, key, limits, raised, settled, createdAt, updatedAt } = row
      const sums = [raised.tokens, raised.nanos, settled.tokens, settled.nanos, 0, 0]
      const places = [limits.tokens ?? false, limits.nanos ?? false, ...sums, createdAt, updatedAt]
      return plainOperation(['restore-budget', tenant, key, places], readNothing)
    }
    case 'raise':
      return plainOperation(['restore-raise', row.tenant, row.id, row.time], readNothing)
    case 'charge':
      return plainOperation(['restore-charge', idOf(row.tenant, row.charge.run), chargeOf(row.charge)], readNothing)
    case 'key': {
      const { tenant, agent, key, inputHash, endsAt, run } = row
      const parts = ['restore-key', tenant, agent, key, run.run, inputHash, endsAt, keptRecord(run)]
      return plainOperation(parts, readNothing)
    }
    case 'schedule':
      return plainOperation(scheduleParts(row.schedule), readNothing)
    case 'blob':
      return undefined
  }
}

/** What puts the runs of a session in order. */
export function mendOperation({ tenant, session }: Pick<SessionRow, 'tenant' | 'session'>): Operation<void> {
  return plainOperation(['mend-session', tenant, session], readNothing)
}

// By the places of record.lua up to the key.
function rowParts({ record, queuedAt, key }: Pick<RunRow, 'record' | 'queuedAt' | 'key'>): readonly Value[] {
  const { status, epoch, sequence, bytes, crashes, updatedAt, wakeAt, endedAt, reason, snapshot, parent } = record
  return [
    ...[status, epoch, sequence, bytes, crashes, updatedAt, queuedAt, false, wakeAt ?? false, endedAt ?? false],
    ...[reason ?? false, snapshot ?? false, record.agent, record.release, record.session ?? false, record.priority],
    ...[record.createdAt, parent === undefined ? false : [parent.run, parent.step], tagParts(record.tags) ?? false],
    key?.key ?? false,
  ]
}

function runParts(row: RunRow, assumed: readonly Booked[]): readonly Value[] {
  const { record, key, turns, inbox, consumed, questions, reservations, charges, blobs } = row
  const more: Value = {
    hash: key?.inputHash,
    ends: key?.endsAt,
    turns: turns.map(({ place, after, until }) => [place, after, until]),
    inbox: inbox.map(({ id, kind, time, closes, payload }) => [id, kind, time, closes, payload]),
    consumed,
    asks: questions.map((it) => [it.id, it.agent, it.askedAt, it.assignee, it.deadline, it.payload]),
    open: reservations.map((it) => [it.id, it.amounts.tokens, it.amounts.nanos, it.keys, chargeOf(it.charge)]),
    charges: charges.map(chargeOf),
    booked: assumed.length === 0 ? undefined : assumed.map((it) => [it.key, it.tokens, it.nanos]),
    blobs,
  }
  return ['restore-run', idOf(record.tenant, record.run), rowParts(row), more]
}

function chargeOf(charge: Charge): Value {
  return chargeParts(charge, charge.run)
}

// As `leave_record` keeps it of a run that is removed: its name, and its row but for the key.
function keptRecord(record: RunRow['record']): Value {
  return [idOf(record.tenant, record.run), rowParts({ record, queuedAt: record.updatedAt }).slice(0, -1)]
}

function sessionParts(row: SessionRow): readonly Value[] {
  const {
    tenant,
    session,
    agent,
    version,
    createdAt,
    updatedAt,
    state,
    before,
    counted,
    active,
    title,
    named,
    tags,
    ttl,
  } = row
  const fields: Value[] = ['agent', agent, 'version', version, 'created', createdAt, 'updated', updatedAt]
  fields.push('state', state, 'before', before, 'turns', counted)
  if (active !== undefined) fields.push('active', active)
  if (title !== undefined) fields.push('title', title)
  if (named) fields.push('named', 1)
  if (ttl !== undefined) fields.push('ttl', ttl)
  return ['restore-session', tenant, session, fields, row.blocked, tagParts(tags)]
}
