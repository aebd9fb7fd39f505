/** Commands on runs that exist: cancel, pause, resume, retry, fork, answer, send, remove. */
import type { DecodedEntry, EntryBodies } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { encode } from '../../core/json.ts'
import { hasEnded, type RunRecord } from '../../core/run.ts'
import type { Commit, Message } from '../../store/journal.ts'
import { endRun } from '../end-run.ts'
import { decodeEntry, toEntry } from '../journal-entry.ts'
import type { MessageBodies } from '../run/inbox.ts'
import { findRun, type ServiceDependencies } from './dependencies.ts'
import type { Caller } from './service.ts'

/** A command that met a change of its run is looked at again at most so often. */
const TRIES = 20

/** Ends a run that nobody executes, or tells its worker to. */
export async function cancelRun(
  dependencies: ServiceDependencies,
  caller: Caller,
  run: string,
  reason = 'cancelled on request',
): Promise<void> {
  const { store, clock } = dependencies
  const by = byOf(caller)
  await until(dependencies, caller, run, async (record) => {
    if (hasEnded(record.status)) throw ended(record, 'cancelled')
    if (record.status === 'running') {
      const body: MessageBodies['cancel'] = { reason, ...by }
      const outcome = await store.journal.deliver(
        message(dependencies, record, `${run}.cancel.${record.epoch}`, 'cancel', body),
      )
      return outcome.kind === 'delivered' || outcome.kind === 'duplicate'
    }
    const error = new PolisError('CANCELLED', `Run ${run} was cancelled: ${reason}`).toJSON()
    const last = [
      { kind: 'cancel-requested', body: { reason, ...by } },
      { kind: 'run-cancelled', body: { reason, ...by } },
    ] as const
    const outcome = await endRun(
      store,
      record,
      last,
      { status: 'cancelled', error, reason },
      { time: clock.now(), seize: true },
    )
    return outcome.kind === 'committed'
  })
}

/** Has a run stop after the steps that execute now. */
export async function pauseRun(dependencies: ServiceDependencies, caller: Caller, run: string): Promise<void> {
  const { store } = dependencies
  const by = byOf(caller)
  await until(dependencies, caller, run, async (record) => {
    if (hasEnded(record.status)) throw ended(record, 'paused')
    if (record.status === 'paused') return true
    if (record.status === 'running') {
      const outcome = await store.journal.deliver(
        message(dependencies, record, `${run}.pause.${record.epoch}`, 'pause', by),
      )
      return outcome.kind === 'delivered' || outcome.kind === 'duplicate'
    }
    return seize(dependencies, record, [{ kind: 'run-paused', body: by }], {
      status: 'paused',
      reason: 'paused on request',
    })
  })
}

/** Queues a paused run. */
export async function resumeRun(dependencies: ServiceDependencies, caller: Caller, run: string): Promise<void> {
  await until(dependencies, caller, run, async (record) => {
    if (hasEnded(record.status)) throw ended(record, 'resumed')
    if (record.status !== 'paused')
      throw new PolisError('CONFLICT', `Run ${run} is ${record.status}: only a paused run can be resumed`)
    return seize(dependencies, record, [{ kind: 'run-resumed', body: byOf(caller) }], {
      status: 'queued',
      at: dependencies.clock.now(),
    })
  })
}

/** Has a failed, dead or diverged run go on at what stopped it; what was recorded before stays. */
export async function retryRun(dependencies: ServiceDependencies, caller: Caller, run: string): Promise<void> {
  const { store, clock } = dependencies
  await until(dependencies, caller, run, async (record) => {
    if (!RETRYABLE.has(record.status)) {
      throw new PolisError(
        'CONFLICT',
        `Run ${run} is ${record.status}: only a failed, dead or diverged run can be retried; fork it instead`,
      )
    }
    await assertLast(dependencies, record)
    const from = await failureOf(dependencies, record)
    const body: EntryBodies['run-retried'] = { from, ...byOf(caller) }
    return seize(dependencies, record, [{ kind: 'run-retried', body }], { status: 'queued', at: clock.now() })
  })
  await store.ping()
}

// What it read of the session is recorded: it would leave the state as if nothing had been said since.
async function assertLast({ store }: ServiceDependencies, { tenant, run, session, endedAt = 0 }: RunRecord) {
  if (session === undefined) return
  const { items } = await store.index.list(tenant, { session }, { limit: 100 })
  const later = items.find(
    (other) =>
      other.run !== run && other.epoch > 0 && WRITERS.has(other.status) && (other.endedAt ?? endedAt) >= endedAt,
  )
  if (later === undefined) return
  throw new PolisError(
    'CONFLICT',
    `Session ${session} has gone on since run ${run} ended, with run ${later.run}: say it again in the session, or fork the run, which leaves the session alone`,
    { details: { run: later.run } },
  )
}

/** What may have written the state of its session, or may still. */
const WRITERS: ReadonlySet<string> = new Set([
  'running',
  'queued',
  'suspended',
  'paused',
  'completed',
  'cancelled',
  'continued',
])

const RETRYABLE: ReadonlySet<string> = new Set(['failed', 'dead', 'diverged'])

/** Gives an open question its answer; the first one wins. */
export async function answerQuestion(
  dependencies: ServiceDependencies,
  caller: Caller,
  record: RunRecord,
  question: string,
  answer: unknown,
): Promise<void> {
  const { ids, store } = dependencies
  const body: MessageBodies['answer'] = { question, answer, ...byOf(caller) }
  const outcome = await store.journal.deliver({
    ...message(dependencies, record, ids.message(), 'answer', body),
    closes: question,
  })
  if (outcome.kind === 'delivered') return
  if (outcome.kind === 'ended') throw ended(record, 'answered')
  throw await notOpen(dependencies, record, question)
}

/** The error for a question that is not open: it says what became of it, and who answered when. */
export async function notOpen(
  { store }: ServiceDependencies,
  { tenant, run }: RunRecord,
  question: string,
): Promise<PolisError> {
  let last: DecodedEntry | undefined
  for (let after = 0; ; ) {
    const page = await store.journal.read(tenant, run, after, 1000)
    for (const entry of page.filter(({ kind }) => kind.startsWith('question-') || ASKED_BY_STEP.has(kind))) {
      const decoded = await decodeEntry(store.blob, entry)
      const { data } = decoded
      if ('asked' in data ? data.asked === question : 'id' in data && data.id === question) last = decoded
    }
    if (page.length < 1000) break
    after += page.length
  }
  if (last === undefined) return new PolisError('NOT_FOUND', `Run ${run} has asked no question ${question}`)
  const { outcome, details } = outcomeOf(last)
  return new PolisError('ALREADY_ANSWERED', `Question ${question} of ${run} is not open: ${outcome}`, { details })
}

const ASKED_BY_STEP: ReadonlySet<string> = new Set(['step-asked', 'step-answered', 'step-unasked'])

// What was answered a moment ago may not be recorded yet.
function outcomeOf(entry: DecodedEntry) {
  if (entry.kind === 'step-unasked')
    return { outcome: 'the step that asked it has ended, or asks anew, or its deadline passed', details: {} }
  if (entry.kind === 'step-answered') return answered(entry.data.by, entry.time)
  if (entry.kind === 'question-expired') return { outcome: 'its deadline passed', details: {} }
  if (entry.kind !== 'question-answered') return { outcome: 'it was answered, or withdrawn', details: {} }
  const { by, at = entry.time, byDeadline } = entry.data
  if (byDeadline) return { outcome: 'its deadline passed, and answered it', details: { at } }
  return answered(by, at)
}

function answered(by: string | undefined, at: number) {
  const who = by === undefined ? '' : ` by ${by}`
  const outcome = `it was answered${who} at ${new Date(at).toISOString()}`
  return { outcome, details: { at, ...(by === undefined ? {} : { by }) } }
}

/** Sends a message to a run; the same id counts once. */
export async function sendMessage(
  dependencies: ServiceDependencies,
  record: RunRecord,
  { name, data, id }: { readonly name: string; readonly data: unknown; readonly id?: string },
): Promise<void> {
  const { ids, store } = dependencies
  const body: MessageBodies['event'] = { name, data }
  const outcome = await store.journal.deliver(message(dependencies, record, id ?? ids.message(), 'event', body))
  if (outcome.kind === 'ended') throw ended(record, 'sent to')
  if (outcome.kind === 'not-found') throw new PolisError('NOT_FOUND', `There is no run ${record.run}`)
}

function message<K extends Message['kind']>(
  { clock }: ServiceDependencies,
  { tenant, run }: RunRecord,
  id: string,
  kind: K,
  body: MessageBodies[K],
): Message {
  return { tenant, run, id, kind, payload: encode(body), time: clock.now() }
}

async function seize(
  { store, clock }: ServiceDependencies,
  { tenant, run, release, epoch, sequence }: RunRecord,
  entries: readonly { readonly kind: 'run-paused' | 'run-resumed' | 'run-retried'; readonly body: object }[],
  next: NonNullable<Commit['next']>,
): Promise<boolean> {
  const author = { tenant, run, epoch: epoch + 1, release }
  const outcome = await store.journal.append({
    ...{ tenant, run, epoch: epoch + 1, seize: true, next },
    // Each caller pairs a kind with its own body.
    entries: entries.map(({ kind, body }, at) => toEntry(author, sequence + 1 + at, clock.now(), kind, body as never)),
  })
  return outcome.kind === 'committed'
}

// Where the failed attempt's path ends: at the failure of the step that failed the run, or at the end itself.
async function failureOf({ store }: ServiceDependencies, { tenant, run, sequence }: RunRecord): Promise<number> {
  const [last] = await store.journal.read(tenant, run, sequence - 1, 1)
  const entry: DecodedEntry | undefined = last === undefined ? undefined : await decodeEntry(store.blob, last)
  return entry?.kind === 'run-failed' && entry.data.at !== undefined && entry.data.at > 0 ? entry.data.at : sequence
}

// A run may change between the look and the command: it is looked at again, a bounded number of times.
async function until(
  dependencies: ServiceDependencies,
  caller: Caller,
  run: string,
  attempt: (record: RunRecord) => Promise<boolean>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (await attempt(await findRun(dependencies, caller, run))) return
  }
  throw new PolisError('STORE_BUSY', `Run ${run} changed ${TRIES} times while it was to be changed: try again`)
}

/** The error for a command that comes after the end. */
function ended({ run, status }: RunRecord, what: string): PolisError {
  return new PolisError('ALREADY_ENDED', `Run ${run} is ${status} and cannot be ${what} any more`, {
    details: { status },
  })
}

function byOf({ by }: Caller): { readonly by?: string } {
  return by === undefined ? {} : { by }
}
