import type { DecodedEntry, Entry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { entryKindsOf } from '../../core/operation-entry.ts'
import type { RunRecord } from '../../core/run.ts'
import { decodeEntry, toEntry } from '../journal-entry.ts'
import { assertRoom } from '../room.ts'
import { scopeOf } from '../run/recording.ts'
import { findAgent, findRun, type ServiceDependencies } from './dependencies.ts'
import type { Caller } from './service.ts'

/**
 * Makes a run that begins with another's entries: what they record is not executed again, everything after it is, under keys of
 * its own and on the current release. Children of the original stay its own; what it waited for is asked anew.
 */
export async function forkRun(
  dependencies: ServiceDependencies,
  caller: Caller,
  run: string,
  { at }: { readonly at?: number } = {},
): Promise<RunRecord> {
  const { store, ids, clock } = dependencies
  const original = await findRun(dependencies, caller, run)
  const { release } = findAgent(dependencies, original.agent)
  const entries = await readAll(dependencies, original)
  const last = at ?? lastGood(entries, original)
  if (!Number.isInteger(last) || last < 1 || last > original.sequence) {
    throw new PolisError(
      'INVALID_ARGUMENT',
      `Option at: expected an entry of run ${run}, from 1 to ${original.sequence}, got ${at}`,
    )
  }
  assertRoom(store)
  const fork = ids.run()
  const time = clock.now()
  const { tenant, agent, priority, tags } = original
  const copied = keep(withoutTakenBack(untilCancel(entries.slice(0, last)))).map(
    (entry, index): Entry => ({ ...entry, run: fork, epoch: 0, release, sequence: index + 1 }),
  )
  const mark = toEntry({ tenant, run: fork, epoch: 0, release }, copied.length + 1, time, 'run-forked', {
    from: run,
    at: last,
  })
  const all = [...copied, mark]
  const blobs = all.flatMap(({ blob }) => (blob === undefined ? [] : [blob]))
  const outcome = await store.journal.submit({
    record: {
      ...{
        tenant,
        run: fork,
        agent,
        release,
        priority,
        tags,
        status: 'queued',
        epoch: 0,
        crashes: 0,
        createdAt: time,
        updatedAt: time,
      },
      sequence: all.length,
      bytes: all.reduce((sum, { payload }) => sum + payload.byteLength, 0),
    },
    entries: all,
    ...(blobs.length === 0 ? {} : { blobs }),
  })
  if (outcome.kind !== 'submitted')
    throw new PolisError('CONFLICT', `The fork of run ${run} could not be made: ${outcome.kind}`)
  return outcome.record
}

async function readAll(
  { store }: ServiceDependencies,
  { tenant, run, sequence }: RunRecord,
): Promise<{ entry: Entry; decoded: DecodedEntry }[]> {
  const entries: { entry: Entry; decoded: DecodedEntry }[] = []
  while (entries.length < sequence) {
    const page = await store.journal.read(tenant, run, entries.length, 1000)
    if (page.length === 0) break
    for (const entry of page) entries.push({ entry, decoded: await decodeEntry(store.blob, entry) })
  }
  return entries
}

// Before the divergence, else before the failure, else everything but the end.
function lastGood(entries: readonly { decoded: DecodedEntry }[], { sequence }: RunRecord): number {
  const end = entries.at(-1)?.decoded
  if (end?.kind === 'run-diverged') return Math.max(1, end.data.at - 1)
  if (end?.kind === 'run-failed' && end.data.at !== undefined && end.data.at > 0) return Math.max(1, end.data.at - 1)
  return sequence
}

// A fork is not cancelled: what the original did after its cancel is no part of it.
function untilCancel<T extends { decoded: DecodedEntry }>(entries: readonly T[]): readonly T[] {
  const at = entries.findIndex(({ decoded }) => decoded.kind === 'cancel-requested')
  return at === -1 ? entries : entries.slice(0, at)
}

// A retry voids the failure that it starts from, and what began after it; what of that was used again was recorded again.
function withoutTakenBack<T extends { decoded: DecodedEntry }>(entries: readonly T[]): readonly T[] {
  let kept = entries
  for (const { decoded: retried } of entries) {
    if (retried.kind !== 'run-retried') continue
    const { from } = retried.data
    const failed = entries.find(({ decoded }) => decoded.sequence === from)?.decoded
    const before = new Set(kept.flatMap(({ decoded }) => (decoded.sequence < from ? (idOf(decoded) ?? []) : [])))
    kept = kept.filter(({ decoded }) => {
      const id = idOf(decoded)
      if (id === undefined || decoded.sequence > retried.sequence) return true
      return before.has(id) && id !== (failed === undefined ? undefined : idOf(failed))
    })
  }
  return kept
}

function idOf({ data }: DecodedEntry): string | undefined {
  return 'id' in data ? data.id : undefined
}

// What an operation began and did not end is begun anew: its timer, question or child belongs to the original.
function keep(entries: readonly { entry: Entry; decoded: DecodedEntry }[]): Entry[] {
  const closed = new Set<string>()
  const steps = new Set<string>()
  for (const { decoded } of entries) {
    const id = idOf(decoded)
    if (id === undefined) continue
    if (decoded.kind === 'step-started') steps.add(id)
    // The answer on a step that was cut off does not end the step.
    if (CLOSINGS.has(decoded.kind) && !(decoded.kind === 'question-answered' && steps.has(id))) closed.add(id)
  }
  for (const id of unusedConsents(entries)) closed.delete(id)
  return entries.flatMap(({ entry, decoded }) => {
    if (NOT_COPIED.has(decoded.kind)) return []
    if ('id' in decoded.data && !closed.has(decoded.data.id)) return []
    return [entry]
  })
}

// What they allow is what the code did next, in their scope or, that being left, above it: it did nothing yet.
function unusedConsents(entries: readonly { decoded: DecodedEntry }[]): ReadonlySet<string> {
  const consents = new Set<string>()
  const unused = new Set<string>()
  for (const { decoded } of entries) {
    const id = idOf(decoded)
    if (id === undefined) continue
    if (decoded.kind === 'question-asked' && decoded.data.consent) consents.add(id)
    // Of several that are asked together none is what another allowed.
    if (consents.has(id)) unused.add(id)
    else if (CLOSINGS.has(decoded.kind)) use(unused, scopeOf(id))
  }
  return unused
}

function use(unused: Set<string>, scope: string): void {
  for (const id of unused) if (scope === '' || id.startsWith(`${scope}/`)) unused.delete(id)
}

const NOT_COPIED: ReadonlySet<string> = new Set([
  ...['run-forked', 'run-retried', 'run-resumed', 'run-paused', 'cancel-requested', 'run-completed', 'run-failed'],
  ...['run-cancelled', 'run-continued', 'run-diverged', 'run-dead'],
])

const CLOSINGS = entryKindsOf('end', 'whole')
