import type { Entry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { RunRecord, RunStatus } from '../../core/run.ts'
import type { Submit, SubmitOutcome } from '../journal.ts'
import type { Pause } from '../transfer.ts'
import { insertEntries, referTo } from './entry.ts'
import { pauseOf } from './fact.ts'
import { recordOf } from './run-row.ts'
import { joinLine, takeTurn } from './turn.ts'
import { progress, touch, type Work } from './work.ts'

/** Adds a run for a client: none that is new to a store that is paused. */
export function applyOwnSubmit(
  work: Work,
  submit: Submit,
  now: number,
): SubmitOutcome | { readonly kind: 'paused'; readonly pause: Pause } {
  const pause = pauseOf(work)
  return pause === undefined || isKnown(work, submit, now) ? applySubmit(work, submit, now) : { kind: 'paused', pause }
}

/** Adds a run, unless its key, its id or its session says otherwise. CONFLICT when the entries are not its first ones. */
export function applySubmit(work: Work, submit: Submit, now: number): SubmitOutcome {
  const { record, entries, key } = submit
  const known = (key === undefined ? undefined : knownByKey(work, record, key, now)) ?? refusedBySession(work, submit)
  if (known !== undefined) return known
  checkFirst(submit)
  const stands = standing(work, submit, now)
  const turn = stands.status === 'blocked' ? joinLine(work, record.tenant, record.session, now) : null
  const stored = storedRecord(submit, stands)
  if (!insertRun(work, stored, key?.key ?? null, turn, now)) return duplicate(work, record)
  insertEntries(work, entries)
  referTo(work, record, submit.blobs)
  for (const [name, value] of Object.entries(record.tags)) {
    work.runs.tag.run(record.tenant, name, value, record.createdAt, record.run)
  }
  if (key !== undefined) work.keys.put.run(record.tenant, record.agent, key.key, record.run, key.inputHash)
  if (stored.worker === undefined) touch(work, record.run)
  else progress(work, record.run)
  return { kind: 'submitted', record: stored }
}

/** CONFLICT unless the submit's entries are its run's and are numbered from 1 (G4). */
export function checkFirst({ record, entries }: Submit): void {
  if (!follows(entries, record, 1)) throw outOfOrder(record, 1, entries)
}

/** Whether the entries are this run's and follow one another from the given sequence on. */
export function follows(
  entries: readonly Entry[],
  owner: { readonly tenant: string; readonly run: string },
  first: number,
): boolean {
  let expected = first
  for (const { tenant, run, sequence } of entries) {
    if (tenant !== owner.tenant || run !== owner.run || sequence !== expected++) return false
  }
  return true
}

/** What is thrown when entries do not follow. */
export function outOfOrder(
  owner: { readonly tenant: string; readonly run: string },
  first: number,
  entries: readonly Entry[],
): PolisError {
  const got = entries.map(({ tenant, run, sequence }) => `${sequence} of run ${run} of tenant ${tenant}`).slice(0, 3)
  const expected = `entries from ${first} on of run ${owner.run} of tenant ${owner.tenant}`
  return new PolisError('CONFLICT', `Expected ${expected}, got ${got.join(', ')}`)
}

function knownByKey(
  work: Work,
  { tenant, agent }: RunRecord,
  { key, inputHash }: NonNullable<Submit['key']>,
  now: number,
): SubmitOutcome | undefined {
  const held = work.keys.get.get(tenant, agent, key)
  if (held === undefined || (held.endsAt !== null && held.endsAt <= now)) return undefined
  if (held.inputHash !== inputHash) return { kind: 'key-conflict', run: held.run }
  const row = work.runs.get.get(tenant, held.run)
  if (row !== undefined) return { kind: 'duplicate', record: recordOf(row) }
  return held.record === null ? undefined : { kind: 'duplicate', record: JSON.parse(held.record) }
}

function isKnown(work: Work, { record, key }: Submit, now: number): boolean {
  if (key !== undefined && knownByKey(work, record, key, now) !== undefined) return true
  return work.runs.status.get(record.tenant, record.run) !== undefined
}

// The session is asked only for a run that is new: a submit that is tried again must not find itself in its way.
function refusedBySession(work: Work, { record, session }: Submit): SubmitOutcome | undefined {
  if (record.session === undefined) return undefined
  if (work.runs.status.get(record.tenant, record.run) !== undefined) return duplicate(work, record)
  if (session?.policy !== 'reject') return undefined
  const active = work.sessions.get.get(record.tenant, record.session)?.active ?? null
  return active === null ? undefined : { kind: 'session-busy', run: active }
}

function duplicate(work: Work, { tenant, run }: RunRecord): SubmitOutcome {
  const row = work.runs.get.get(tenant, run)
  if (row === undefined) throw new PolisError('INTERNAL', `Run ${run} is neither there nor could it be added`)
  return { kind: 'duplicate', record: recordOf(row) }
}

interface Standing {
  readonly status: RunStatus
  readonly wakeAt?: number
  readonly worker?: string
}

function standing(work: Work, { record, claim, notBefore }: Submit, now: number): Standing {
  const { tenant, run, agent, session } = record
  const delay = notBefore !== undefined && notBefore > now ? { wakeAt: notBefore } : undefined
  if (session !== undefined && !takeTurn(work, { tenant, run, agent, session }, now)) {
    return { ...delay, status: 'blocked' }
  }
  if (delay !== undefined) return { ...delay, status: 'suspended' }
  return claim === undefined ? { status: 'queued' } : { status: 'running', worker: claim.worker }
}

function storedRecord({ record, entries }: Submit, stands: Standing): RunRecord {
  const { worker, wakeAt, endedAt, ...given } = record
  let bytes = 0
  for (const { payload } of entries) bytes += payload.byteLength
  const epoch = stands.worker === undefined ? 0 : 1
  return { ...given, ...stands, epoch, sequence: entries.length, bytes, crashes: 0 }
}

function insertRun(work: Work, record: RunRecord, key: string | null, turn: number | null, now: number): boolean {
  const tags = Object.keys(record.tags).length === 0 ? null : JSON.stringify(record.tags)
  const { changes } = work.runs.insert.run(
    record.tenant,
    record.run,
    record.agent,
    record.release,
    record.status,
    record.reason ?? null,
    record.session ?? null,
    record.parent?.run ?? null,
    record.parent?.step ?? null,
    record.priority,
    tags,
    key,
    record.epoch,
    record.sequence,
    record.bytes,
    record.worker ?? null,
    record.crashes,
    record.createdAt,
    record.updatedAt,
    record.wakeAt ?? null,
    null,
    now,
    turn,
  )
  return changes > 0
}
