import type { EntryBodies, EntryKind } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { Commit, CommitOutcome } from '../../store/journal.ts'
import { mustSpill, spill, toEntry } from '../journal-entry.ts'
import { spillSubmit } from '../submission.ts'
import { drop } from './drop.ts'
import { type Batch, type BatchParts, emptyBatch, partsOf, type Residence, type Settled } from './residence.ts'
import { toCommit } from './to-commit.ts'
import { scheduleTurn } from './turn.ts'
import { toUnread } from './unread.ts'

const FIRST_RETRY = 50
const LAST_RETRY = 5_000

/**
 * Buffers an entry and has it committed before this turn ends; `done` is called with its sequence once it is durable.
 *
 * @throws PolisError INVALID_ARGUMENT when the body cannot be stored; nothing is buffered then.
 */
export function record<K extends EntryKind>(
  residence: Residence,
  kind: K,
  body: EntryBodies[K],
  done?: (sequence: number) => void,
): void {
  if (residence.mode === 'ending' || residence.mode === 'dropped') return
  buffer(residence, kind, body)
  const { batch } = residence
  const at = batch.entries.length - 1
  // Looked up when it is durable: a refused commit before it moves it.
  if (done !== undefined) batch.done.push(() => done(batch.entries[at]?.sequence ?? 0))
  scheduleFlush(residence)
}

/** Buffers an entry to travel with the next commit, whenever that is. */
export function buffer<K extends EntryKind>(residence: Residence, kind: K, body: EntryBodies[K]): void {
  // The last entry is written: what executes on does not count any more.
  if (residence.mode === 'ending' || residence.mode === 'dropped') return
  const { run, tenant, epoch } = residence.record
  const author = { tenant, run, epoch, release: residence.program.release }
  const entry = toEntry(author, residence.sequence + 1, residence.engine.clock.now(), kind, body)
  residence.sequence += 1
  residence.bytes += entry.payload.byteLength
  residence.batch.entries.push(entry)
}

/**
 * Calls `then` when nothing else is being committed, and commits what it buffers at once and by itself: for what the store may
 * refuse, since a refused commit takes its entries along.
 */
export function recordAlone(residence: Residence, then: () => void): void {
  const { batch, committing } = residence
  const again = () => recordAlone(residence, then)
  if (committing === undefined && batch.entries.length === 0) {
    then()
    // Whatever was to be told of the batch is told of a commit that may be refused: only what `then` added is in it.
    if (residence.batch.entries.length > 0) flush(residence)
    return
  }
  if (batch.entries.length === 0) return void committing?.push(again)
  batch.done.push(again)
  scheduleFlush(residence)
}

/** Calls `then` once every recorded value is durable: at once when they are (invariant 4). */
export function whenDurable(residence: Residence, then: () => void): void {
  if (residence.valued <= residence.durable) return then()
  if (residence.batch.entries.length === 0 && residence.committing !== undefined) {
    residence.committing.push(then)
    return
  }
  residence.batch.done.push(then)
  scheduleFlush(residence)
}

/** Has the batch committed when the code that runs now has come to its end. */
export function scheduleFlush(residence: Residence): void {
  if (residence.flushScheduled || residence.committing !== undefined) return
  residence.flushScheduled = true
  queueMicrotask(() => {
    residence.flushScheduled = false
    flush(residence)
  })
}

/** Commits the batch now, unless a commit is under way. */
export function flush(residence: Residence): void {
  if (residence.mode === 'dropped' || residence.committing !== undefined) return
  const batch = residence.batch
  residence.batch = emptyBatch()
  residence.committing = []
  commit(residence, batch, FIRST_RETRY)
}

// A chain rather than an async function: it is walked for every step.
function commit(residence: Residence, batch: Batch, delay: number): void {
  append(residence, batch).then(
    (outcome) => settleCommit(residence, batch, outcome),
    (reason) => tryAgain(residence, batch, PolisError.from(reason), delay),
  )
}

function append(residence: Residence, batch: Batch): Promise<CommitOutcome> {
  const { journal } = residence.engine.store
  if (isLarge(batch)) return spilled(residence, batch).then(journal.append)
  return journal.append(toCommit(residence, batch, batch.entries, batch.parts?.submits))
}

async function tryAgain(residence: Residence, batch: Batch, error: PolisError, delay: number): Promise<void> {
  if (!isPassing(error) || residence.mode === 'dropped') return refuse(residence, error)
  // A store that is away is told of once a run, not at every try.
  const { log } = residence.engine
  log[delay === FIRST_RETRY ? 'warn' : 'debug']({ run: residence.record.run, error }, 'commit not taken, trying again')
  residence.engine.metrics.increment('errors_total', { error_type: error.code, component: 'store' })
  await pause(residence, delay)
  commit(residence, batch, Math.min(delay * 2, LAST_RETRY))
}

/**
 * True for an error of a store that may come back. What is in memory is the only copy of a step's result: as long as that is so, it
 * is kept and tried again.
 */
export function isPassing(error: PolisError): boolean {
  return error.code.startsWith('STORE_') && error.code !== 'STORE_CORRUPT' && error.code !== 'STORE_TOO_NEW'
}

function pause({ engine: { clock, random } }: Residence, delay: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(clock.now() + delay * (0.5 + random.next() / 2), resolve))
}

function isLarge({ entries, parts }: Batch): boolean {
  return mustSpill(entries) || (parts?.submits.some((submit) => mustSpill(submit.entries)) ?? false)
}

async function spilled(residence: Residence, batch: Batch): Promise<Commit> {
  const { blob } = residence.engine.store
  const entries = await spill(blob, batch.entries)
  const submits = batch.parts?.submits.map((submit) => spillSubmit(blob, submit)) ?? []
  return toCommit(residence, batch, entries, await Promise.all(submits))
}

function settleCommit(residence: Residence, batch: Batch, outcome: CommitOutcome): void {
  const waiting = residence.committing ?? []
  residence.committing = undefined
  if (outcome.kind === 'fenced') return lose(residence, outcome.epoch)
  if (residence.mode === 'dropped') return
  if (outcome.kind === 'unread') return void recordUnread(residence, batch)
  if (outcome.kind !== 'committed') return undo(residence, batch, outcome, waiting)
  residence.durable = batch.entries.at(-1)?.sequence ?? residence.durable
  if (batch.next !== undefined) return drop(residence, outcome.status)
  for (const done of batch.done) done(outcome)
  for (const then of waiting) then()
  goOn(residence)
}

function goOn(residence: Residence): void {
  const { entries, done, next } = residence.batch
  if (entries.length > 0 || done.length > 0 || next !== undefined) scheduleFlush(residence)
  else scheduleTurn(residence)
}

// A message was acknowledged while the run was ending: it is recorded in front of the end.
async function recordUnread(residence: Residence, batch: Batch): Promise<void> {
  residence.committing = []
  const { record: run, engine, program } = residence
  const { tenant, epoch } = run
  try {
    const inbox = await engine.store.journal.inbox({ tenant, run: run.run })
    const end = batch.entries.pop()
    if (end === undefined) return refuse(residence, new PolisError('INTERNAL', 'a run ended without saying how'))
    const author = { tenant, run: run.run, epoch, release: program.release }
    const { entries, consumed } = toUnread(inbox, author, {
      first: end.sequence,
      time: end.time,
      consumed: batch.parts?.consumed ?? [],
    })
    const last = { ...end, sequence: end.sequence + entries.length }
    batch.entries.push(...entries, last)
    partsOf(batch).consumed.push(...consumed)
    residence.sequence = last.sequence
    for (const { payload } of entries) residence.bytes += payload.byteLength
    if (residence.end !== undefined) {
      const { sequence, bytes } = residence
      residence.end = { record: { ...residence.end.record, sequence, bytes }, last }
    }
    commit(residence, batch, FIRST_RETRY)
  } catch (reason) {
    await tryAgain(residence, batch, PolisError.from(reason), FIRST_RETRY)
  }
}

function lose(residence: Residence, epoch: number): void {
  const { engine, record } = residence
  engine.metrics.increment('fenced_writes_total', {})
  engine.log.warn({ run: record.run, epoch: record.epoch, current: epoch }, 'run was taken over by another worker')
  drop(residence, 'fenced')
}

// A question was answered while its timeout was being recorded, or a budget has no room: nothing of the batch was written.
// Its entries, the question and the reservation are given up, whatever else it held travels with the next commit.
function undo(residence: Residence, lost: Batch, outcome: Settled, waiting: readonly (() => void)[]): void {
  const { batch } = residence
  const shift = lost.entries.length
  residence.sequence -= shift
  batch.entries = batch.entries.map((entry) => ({ ...entry, sequence: entry.sequence - shift }))
  if (residence.valued > residence.durable) residence.valued -= shift
  if (lost.parts !== undefined) giveBack(lost.parts, partsOf(batch))
  for (const done of lost.done) done(outcome)
  for (const then of waiting) whenDurable(residence, then)
  goOn(residence)
}

function giveBack(lost: BatchParts, parts: BatchParts): void {
  parts.consumed.unshift(...lost.consumed)
  parts.messages.unshift(...lost.messages)
  parts.submits.unshift(...lost.submits)
  parts.withdraws.unshift(...lost.withdraws)
  parts.blobs.unshift(...lost.blobs)
  parts.settles.unshift(...lost.settles)
  parts.charges.unshift(...lost.charges)
  parts.raises.unshift(...lost.raises)
  parts.session ??= lost.session
  parts.title ??= lost.title
}

function refuse(residence: Residence, error: PolisError): void {
  const { engine, record } = residence
  engine.log.error(
    { run: record.run, error },
    'the store refused a commit for good, the run is given up by this worker',
  )
  engine.metrics.increment('errors_total', { error_type: error.code, component: 'engine' })
  drop(residence, 'refused')
}
