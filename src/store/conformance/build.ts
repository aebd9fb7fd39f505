import type { Charge, Reservation } from '../../core/budget.ts'
import { ENTRY_VERSION, type Entry, type EntryKind } from '../../core/entry.ts'
import type { RunRecord } from '../../core/run.ts'
import type { ClaimRequest, ScheduleRecord, WorkerRecord } from '../coordination.ts'
import type { Commit, Message, Question, Submit } from '../journal.ts'
import type { NewSession } from '../session.ts'

/** The tenant, agent and release of everything that names no other. */
export const TENANT = 't1'
export const AGENT = 'writer'
export const RELEASE = 'rel-1'

/** What may differ from run to run. */
export interface RunOptions extends Partial<Omit<Submit, 'record' | 'entries' | 'session'>> {
  readonly record?: Partial<RunRecord>
  readonly entries?: readonly Entry[]
  /** The session, and its policy (`enqueue` unless given). */
  readonly in?: string
  readonly policy?: 'enqueue' | 'reject' | 'interrupt' | 'rollback'
}

/** A run with one entry. */
export function aSubmit(run: string, { record, in: session, policy = 'enqueue', ...rest }: RunOptions = {}): Submit {
  const tenant = record?.tenant ?? TENANT
  const entries = rest.entries ?? [anEntry(run, 1, { tenant, kind: 'run-submitted', epoch: 0 })]
  const conversation = session === undefined ? {} : { session }
  return {
    ...rest,
    entries,
    record: { ...aRecord(run, entries), ...conversation, ...record },
    ...(session === undefined ? {} : { session: { policy } }),
  }
}

function aRecord(run: string, entries: readonly Entry[]): RunRecord {
  return {
    tenant: TENANT,
    run,
    agent: AGENT,
    release: RELEASE,
    status: 'queued',
    priority: 0,
    tags: {},
    epoch: 0,
    sequence: entries.length,
    bytes: entries.reduce((sum, { payload }) => sum + payload.byteLength, 0),
    crashes: 0,
    createdAt: 1_000,
    updatedAt: 1_000,
  }
}

/** What may differ from entry to entry. */
export interface EntryOptions {
  readonly tenant?: string
  readonly epoch?: number
  readonly kind?: EntryKind
  readonly payload?: Uint8Array
  readonly blob?: string
}

/** An entry; its payload says which it is. */
export function anEntry(run: string, sequence: number, options: EntryOptions = {}): Entry {
  const { tenant = TENANT, epoch = 1, kind = 'step-completed', payload = bytes(`entry ${sequence}`), blob } = options
  const header = {
    version: ENTRY_VERSION,
    tenant,
    run,
    sequence,
    epoch,
    kind,
    time: 1_000 + sequence,
    release: RELEASE,
  }
  return { ...header, payload, ...(blob === undefined ? {} : { blob }) }
}

/** So many entries from a sequence on. */
export function someEntries(run: string, first: number, count: number, options: EntryOptions = {}): readonly Entry[] {
  return Array.from({ length: count }, (_, index) => anEntry(run, first + index, options))
}

/** A commit of no entries by the holder at epoch 1, unless told otherwise. */
export function aCommit(run: string, parts: Partial<Commit> = {}): Commit {
  return { tenant: TENANT, run, epoch: 1, entries: [], ...parts }
}

/** A commit that ends a run whose head is at 1, by the holder at epoch 1. */
export function anEnd(run: string, parts: Partial<Commit> = {}): Commit {
  const entries = [anEntry(run, 2, { kind: 'run-completed', epoch: parts.epoch ?? 1 })]
  return aCommit(run, { entries, next: { status: 'completed' }, ...parts })
}

/** A message to a run. */
export function aMessage(run: string, id: string, parts: Partial<Message> = {}): Message {
  return { tenant: TENANT, run, id, kind: 'event', payload: bytes(id), time: 1_000, ...parts }
}

/** An open question of a run. */
export function aQuestion(run: string, id: string, parts: Partial<Question> = {}): Question {
  return { tenant: TENANT, run, id, agent: AGENT, askedAt: 1_000, payload: bytes(id), ...parts }
}

/** A session to begin, of the usual agent. */
export function aSession(session: string, parts: Partial<NewSession> = {}): NewSession {
  return { tenant: TENANT, session, agent: AGENT, tags: {}, ...parts }
}

/** A charge of 10 tokens and 100 nanodollars. */
export function aCharge(run: string, id: string, parts: Partial<Charge> = {}): Charge {
  const usage = { input: 7, cachedInput: 2, cacheWrite: 1, output: 3, reasoning: 1 }
  const known = { agent: AGENT, tags: {}, time: 1_000, provider: 'acme', model: 'acme/large' }
  return { id, run, ...known, usage, nanos: 100, ...parts }
}

/** A reservation of 10 tokens and 100 nanodollars on budgets with limits in tokens. */
export function aReservation(
  run: string,
  id: string,
  limits: Readonly<Record<string, number>>,
  parts: Partial<Reservation> = {},
): Reservation {
  const budgets = Object.entries(limits).map(([key, tokens]) => ({ key, limits: { tokens } }))
  return { id, amounts: { tokens: 10, nanos: 100 }, budgets, charge: aCharge(run, id, { assumed: true }), ...parts }
}

/** A worker that holds the usual release. */
export function aWorker(worker: string, parts: Partial<WorkerRecord> = {}): WorkerRecord {
  const releases = { [AGENT]: RELEASE }
  return { worker, host: 'host-1', pid: 1, startedAt: 1_000, draining: false, releases, ...parts }
}

/** A claim of up to ten runs by `w1`, at a time after everything that is due by default. */
export function aClaim(parts: Partial<ClaimRequest> = {}): ClaimRequest {
  return { worker: 'w1', now: 10_000, slots: 10, releases: { [AGENT]: RELEASE }, limits: { perAgent: {} }, ...parts }
}

/** A schedule whose next tick is at 5,000 ms. */
export function aSchedule(name: string, parts: Partial<ScheduleRecord> = {}): ScheduleRecord {
  const kept = { input: bytes('{}'), paused: false, nextAt: 5_000, source: 'api' } as const
  return {
    tenant: TENANT,
    name,
    agent: AGENT,
    cron: '0 8 * * *',
    timeZone: 'Europe/Berlin',
    missed: 'skip',
    ...kept,
    ...parts,
  }
}

/** UTF-8 bytes, as stores answer them: a plain Uint8Array. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
