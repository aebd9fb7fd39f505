import type { Entry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { RunRecord } from '../../core/run.ts'
import type { Submit, SubmitOutcome } from '../journal.ts'
import { pausedError } from '../transfer/refusal.ts'
import { pauseOf } from './facts.ts'
import { findRun, type KeyRow, type MemoryState, putRun } from './state.ts'
import { keyOf } from './table.ts'
import { findSession, takeTurn } from './turn.ts'

/** Adds a run for a client: to a paused store none that is new, STORE_PAUSED. */
export function applyOwnSubmit(state: MemoryState, submit: Submit, now: number): SubmitOutcome {
  const paused = pauseOf(state)
  if (paused !== undefined && knownAs(state, submit, now) === undefined) throw pausedError(paused)
  return applySubmit(state, submit, now)
}

/** Adds a run, unless its key, its id or its session says otherwise. */
export function applySubmit(state: MemoryState, submit: Submit, now: number): SubmitOutcome {
  const { record, entries } = submit
  const known = knownAs(state, submit, now) ?? refusedBy(state, submit)
  if (known !== undefined) return known
  checkEntries(entries, record, 1)
  const key = submit.key === undefined ? undefined : keyOf(record.tenant, record.agent, submit.key.key)
  const stored = firstRecord(submit, takeTurn(state, record, now), now)
  state.journals.push(keyOf(record.tenant, record.run), entries.map(ownEntry))
  const blobs = blobsOf([], submit.blobs, entries)
  putRun(state, { record: stored, queuedAt: now, blobs, ...(key === undefined ? {} : { key }) })
  if (key !== undefined && submit.key !== undefined) {
    state.keys.set(key, { run: stored, inputHash: submit.key.inputHash })
  }
  return { kind: 'submitted', record: stored }
}

/** CONFLICT unless the entries are this run's and follow one another from the given sequence on (G4). */
export function checkEntries(entries: readonly Entry[], owner: { tenant: string; run: string }, first: number): void {
  for (const [index, { tenant, run, sequence }] of entries.entries()) {
    if (tenant === owner.tenant && run === owner.run && sequence === first + index) continue
    const expected = `entry ${first + index} of run ${owner.run} of tenant ${owner.tenant}`
    throw new PolisError('CONFLICT', `Expected ${expected}, got entry ${sequence} of run ${run} of tenant ${tenant}`)
  }
}

/** The entry with bytes that no caller can change any more. */
export function ownEntry(entry: Entry): Entry {
  return { ...entry, payload: new Uint8Array(entry.payload) }
}

/** All blobs that a run refers to: those it did, those named now, and those that hold a payload. */
export function blobsOf(
  before: readonly string[],
  named: readonly string[] | undefined,
  entries: readonly Entry[],
): readonly string[] {
  const payloads = entries.flatMap(({ blob }) => (blob === undefined ? [] : [blob]))
  return [...new Set([...before, ...(named ?? []), ...payloads])]
}

/** The payload bytes of the entries. */
export function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.byteLength, 0)
}

function knownAs(state: MemoryState, { record, key }: Submit, now: number): SubmitOutcome | undefined {
  const held = key === undefined ? undefined : state.keys.get(keyOf(record.tenant, record.agent, key.key))
  if (key !== undefined && held !== undefined && !isOver(held, now)) {
    if (held.inputHash !== key.inputHash) return { kind: 'key-conflict', run: held.run.run }
    return { kind: 'duplicate', record: findRun(state, record.tenant, held.run.run)?.record ?? held.run }
  }
  const there = findRun(state, record.tenant, record.run)
  return there === undefined ? undefined : { kind: 'duplicate', record: there.record }
}

function isOver({ endsAt }: KeyRow, now: number): boolean {
  return endsAt !== undefined && endsAt <= now
}

function refusedBy(state: MemoryState, { record, session }: Submit): SubmitOutcome | undefined {
  if (session?.policy !== 'reject' || record.session === undefined) return undefined
  const active = findSession(state, record.tenant, record.session)?.active
  return active === undefined ? undefined : { kind: 'session-busy', run: active }
}

function firstRecord(submit: Submit, mayGo: boolean, now: number): RunRecord {
  const { worker, wakeAt, endedAt, ...given } = submit.record
  const counts = { sequence: submit.entries.length, bytes: bytesOf(submit.entries), epoch: 0, crashes: 0 }
  const record = { ...given, ...counts }
  const { notBefore, claim } = submit
  const delay = notBefore !== undefined && notBefore > now ? { wakeAt: notBefore } : undefined
  if (!mayGo) return { ...record, ...delay, status: 'blocked' }
  if (delay !== undefined) return { ...record, ...delay, status: 'suspended' }
  if (claim !== undefined) return { ...record, status: 'running', epoch: 1, worker: claim.worker }
  return { ...record, status: 'queued' }
}
