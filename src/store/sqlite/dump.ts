import type { Charge } from '../../core/budget.ts'
import { PolisError } from '../../core/error.ts'
import type { Dumped, Part } from '../transfer.ts'
import type { BudgetRow, OpenReservation, Row, RunRow as RunPart, SessionRow } from '../transfer-row.ts'
import { messageOf } from './deliver.ts'
import { questionOf } from './question-list.ts'
import { type RunRow, recordOf } from './run-row.ts'
import { sumsOf } from './spend.ts'
import { type ScheduleStatements, scheduleOf } from './sql/schedule.ts'
import type { ReservationRow } from './sql/spend.ts'
import type { ChargeRow, DumpStatements, LeftKeyRow, WholeSessionRow } from './sql/transfer.ts'
import type { Work } from './work.ts'

/** What a dump reads with. */
export interface Source {
  readonly work: Work
  readonly statements: DumpStatements
  readonly schedules: ScheduleStatements
}

type Found = readonly [place: readonly string[], row: Row][]
type Look = (source: Source, after: readonly string[], limit: number) => Found

/** Rows of one part, by their keys; the place after them is the last one's key. */
export function dumpPart(source: Source, part: Part, after: string | undefined, limit: number): Dumped {
  const { parts, look } = PARTS[part]
  const found = look(source, after === undefined ? Array(parts).fill('') : placeOf(after, parts), limit)
  const [place] = found.at(-1) ?? []
  const next = found.length < limit || place === undefined ? {} : { next: JSON.stringify(place) }
  return { rows: found.map(([, row]) => row), ...next }
}

const PARTS: Readonly<Record<Part, { readonly parts: number; readonly look: Look }>> = {
  run: {
    parts: 2,
    look: (source, [tenant = '', run = ''], limit) =>
      source.statements.runs.all(tenant, run, limit).map((row) => [[row.tenant, row.run], runOf(source, row)]),
  },
  session: {
    parts: 2,
    look: (source, [tenant = '', session = ''], limit) =>
      source.statements.sessions
        .all(tenant, session, limit)
        .map((row) => [[row.tenant, row.session], sessionOf(source, row)]),
  },
  budget: {
    parts: 2,
    look: ({ statements }, [tenant = '', key = ''], limit) =>
      statements.budgets.all(tenant, key, limit).map((row) => [[row.tenant, row.key], budgetOf(row)]),
  },
  raise: {
    parts: 2,
    look: ({ statements }, [tenant = '', id = ''], limit) =>
      statements.raises.all(tenant, id, limit).map((row) => [[row.tenant, row.id], { kind: 'raise', ...row }]),
  },
  charge: {
    parts: 3,
    look: ({ statements }, [tenant = '', run = '', id = ''], limit) =>
      statements.charges
        .all(tenant, run, id, limit)
        .map((row) => [[row.tenant, row.run, row.id], { kind: 'charge', tenant: row.tenant, charge: chargeOf(row) }]),
  },
  key: {
    parts: 3,
    look: ({ statements }, [tenant = '', agent = '', key = ''], limit) =>
      statements.keys.all(tenant, agent, key, limit).map((row) => [[row.tenant, row.agent, row.key], keyOf(row)]),
  },
  schedule: {
    parts: 2,
    // They are few, and are listed whole everywhere.
    look: ({ schedules }, [tenant = '', name = '']) =>
      schedules.list
        .all(null)
        .filter((row) => row.tenant > tenant || (row.tenant === tenant && row.name > name))
        .map((row) => [[row.tenant, row.name], { kind: 'schedule', schedule: scheduleOf(row) }]),
  },
  blob: {
    parts: 2,
    look: ({ statements }, [tenant = '', hash = ''], limit) =>
      statements.blobs.all(tenant, hash, limit).map(({ name, mediaType, ...row }) => [
        [row.tenant, row.hash],
        {
          kind: 'blob',
          ...row,
          ...(name === null ? {} : { name }),
          ...(mediaType === null ? {} : { mediaType }),
        },
      ]),
  },
}

function placeOf(after: string, parts: number): readonly string[] {
  const place: unknown = JSON.parse(after)
  if (Array.isArray(place) && place.length === parts && place.every((part) => typeof part === 'string')) return place
  throw new PolisError('INVALID_ARGUMENT', `Expected a place of this store, got ${after}`)
}

function runOf({ work, statements }: Source, row: RunRow): RunPart {
  const { tenant, run } = row
  const key = row.key === null ? undefined : work.keys.get.get(tenant, row.agent, row.key)
  return {
    kind: 'run',
    record: recordOf(row),
    queuedAt: row.queuedAt,
    blobs: statements.blobsOf.all(tenant, run).map(({ hash }) => hash),
    ...(row.key !== null && key?.run === run ? { key: { key: row.key, ...keyPart(key) } } : {}),
    turns: statements.turns
      .all(tenant, run)
      .map(({ until, ...turn }) => ({ ...turn, ...(until === null ? {} : { until }) })),
    inbox: work.inbox.ofRun.all(tenant, run).map(messageOf),
    consumed: statements.consumed.all(tenant, run).map(({ id }) => id),
    questions: statements.questions.all(tenant, run).map(questionOf),
    reservations: work.spend.open.all(tenant, run).map(reservationOf),
    charges: statements.chargesOf.all(tenant, run).map(chargeOf),
  }
}

function keyPart({ inputHash, endsAt }: { readonly inputHash: string; readonly endsAt: number | null }) {
  return { inputHash, ...(endsAt === null ? {} : { endsAt }) }
}

function reservationOf({ id, tokens, nanos, budgets, charge }: ReservationRow): OpenReservation {
  // Both written by `reserve`.
  const [keys, booked] = [JSON.parse(budgets) as readonly string[], JSON.parse(charge) as Charge]
  return { id, amounts: { tokens, ...(nanos === null ? {} : { nanos }) }, keys, charge: booked }
}

function chargeOf(row: ChargeRow): Charge {
  const { id, run, agent, session, tags, time, provider, model, nanos, assumed } = row
  const { input, cachedInput, cacheWrite, output, reasoning } = row
  return {
    ...{ id, run, agent, tags: tags === null ? {} : JSON.parse(tags), time, provider, model },
    usage: { input, cachedInput, cacheWrite, output, reasoning },
    ...(session === null ? {} : { session }),
    ...(nanos === null ? {} : { nanos }),
    ...(assumed === 1 ? { assumed: true } : {}),
  }
}

function sessionOf({ statements }: Source, row: WholeSessionRow): SessionRow {
  const { title, tags, ttl, active, named, turns: counted, ...rest } = row
  const blocked = statements.blocked.all(row.tenant, row.session).map(({ run }) => run)
  return {
    kind: 'session',
    ...rest,
    named: named === 1,
    tags: tags === null ? {} : JSON.parse(tags),
    counted,
    blocked,
    ...(title === null ? {} : { title }),
    ...(ttl === null ? {} : { ttl }),
    ...(active === null ? {} : { active }),
  }
}

function budgetOf(row: Parameters<typeof sumsOf>[0] & object): BudgetRow {
  const { tenant, key, limitTokens, limitNanos, createdAt, updatedAt } = row
  const { reserved, ...sums } = sumsOf(row)
  const limits = {
    ...(limitTokens === null ? {} : { tokens: limitTokens }),
    ...(limitNanos === null ? {} : { nanos: limitNanos }),
  }
  return { kind: 'budget', tenant, key, limits, ...sums, createdAt, updatedAt }
}

function keyOf({ tenant, agent, key, record, ...row }: LeftKeyRow): Row {
  // The record was written by `removeRun`, and is there: rows without one are not looked at.
  return { kind: 'key', tenant, agent, key, ...keyPart(row), run: JSON.parse(record ?? 'null') }
}
