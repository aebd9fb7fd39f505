import type { Dumped, Part } from '../transfer.ts'
import type { Row, RunRow as RunPart, SessionRow as SessionPart } from '../transfer-row.ts'
import { type InboxRow, inboxOf, type MemoryState, questionsOf, type RunRow, type SessionRow } from './state.ts'
import { keyOf } from './table.ts'
import { findSession } from './turn.ts'

/** Rows of one part, by their keys; the place after them is the last one's key. */
export function dumpPart(state: MemoryState, part: Part, after: string | undefined, limit: number): Dumped {
  const rows = ROWS[part](state).sort(([a], [b]) => (a < b ? -1 : 1))
  const rest = rows.filter(([key]) => after === undefined || key > after)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  const next = rest.length > limit && last !== undefined ? { next: last[0] } : {}
  return { rows: page.map(([, toRow]) => toRow()), ...next }
}

/** What a state holds that an import would mix with; undefined when it is empty. */
export function findAnything(state: MemoryState): string | undefined {
  const parts: readonly Part[] = ['run', 'session', 'budget', 'charge', 'key']
  return parts.find((part) => ROWS[part](state).length > 0)
}

type Found = [key: string, toRow: () => Row][]

const ROWS: Readonly<Record<Part, (state: MemoryState) => Found>> = {
  run: (state) =>
    [...state.runs.values()].map((row) => [orderOf(row.record.tenant, row.record.run), () => runOf(state, row)]),
  session: (state) =>
    [...state.sessions.values()].map((row) => [orderOf(row.tenant, row.session), () => sessionOf(row)]),
  budget: (state) =>
    [...state.budgets.values()].map(({ reserved, ...budget }) => [
      orderOf(budget.tenant, budget.key),
      () => ({ kind: 'budget', ...budget }),
    ]),
  raise: (state) =>
    [...state.raises.keys()].map((key) => {
      const [tenant = '', id = ''] = JSON.parse(key) as string[]
      return [orderOf(tenant, id), () => ({ kind: 'raise', tenant, id, time: state.raises.get(key)?.time ?? 0 })]
    }),
  charge: (state) =>
    [...state.charges.values()]
      .filter(({ tenant, charge }) => !hasRun(state, tenant, charge.run))
      .map(({ tenant, charge }) => [
        orderOf(tenant, charge.run, charge.id),
        () => ({ kind: 'charge', tenant, charge }),
      ]),
  key: (state) =>
    [...state.keys.keys()].flatMap((at): Found => {
      const row = state.keys.get(at)
      if (row === undefined || hasRun(state, row.run.tenant, row.run.run)) return []
      const [tenant = '', agent = '', key = ''] = JSON.parse(at) as string[]
      return [[orderOf(tenant, agent, key), () => ({ kind: 'key', tenant, agent, key, ...row })]]
    }),
  schedule: (state) =>
    [...state.schedules.values()].map((schedule) => [
      orderOf(schedule.tenant, schedule.name),
      () => ({ kind: 'schedule', schedule }),
    ]),
  blob: (state) =>
    [...state.blobs.values()].map(({ tenant, record: { createdAt, ...blob } }) => [
      orderOf(tenant, blob.hash),
      () => ({ kind: 'blob', tenant, ...blob }),
    ]),
}

function runOf(state: MemoryState, row: RunRow): RunPart {
  const { record, queuedAt, blobs } = row
  const { tenant, run, session } = record
  const key = row.key === undefined ? undefined : state.keys.get(row.key)
  const inbox = inboxOf(state, tenant, run)
  return {
    kind: 'run',
    record,
    queuedAt,
    blobs: [...blobs].sort(),
    ...(row.key !== undefined && key?.run.run === run ? { key: keyPart(row.key, key) } : {}),
    turns:
      session === undefined ? [] : (findSession(state, tenant, session)?.turns ?? []).filter((it) => it.run === run),
    inbox: inbox.map(({ message }) => message),
    consumed: consumedOf(state, row, inbox),
    questions: questionsOf(state, tenant, run).toSorted(byId),
    reservations: [...state.reservations.values()]
      .filter((held) => held.tenant === tenant && held.run === run)
      .map(({ reservation: { budgets, ...held } }) => ({ ...pick(held), keys: budgets.map((budget) => budget.key) }))
      .sort(byId),
    charges: [...state.charges.values()]
      .filter((row) => row.tenant === tenant && row.charge.run === run)
      .map(({ charge }) => charge)
      .sort(byId),
  }
}

function pick({ id, amounts, charge }: Pick<RunPart['reservations'][number], 'id' | 'amounts' | 'charge'>) {
  return { id, amounts, charge }
}

function keyPart(at: string, { inputHash, endsAt }: { readonly inputHash: string; readonly endsAt?: number }) {
  const key = (JSON.parse(at) as string[])[2] ?? ''
  return { key, inputHash, ...(endsAt === undefined ? {} : { endsAt }) }
}

function consumedOf(state: MemoryState, { record }: RunRow, inbox: readonly InboxRow[]): readonly string[] {
  const pending = new Set(inbox.map(({ message }) => message.id))
  const ever = state.delivered.get(keyOf(record.tenant, record.run))
  return ever.filter((id) => !pending.has(id)).sort()
}

function sessionOf({ turns, ...session }: SessionRow): SessionPart {
  return { kind: 'session', ...session }
}

function hasRun(state: MemoryState, tenant: string, run: string): boolean {
  return state.runs.get(keyOf(tenant, run)) !== undefined
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1
}

// Text that sorts as its parts do, one after the other.
function orderOf(...parts: readonly string[]): string {
  return parts.join('\0')
}
