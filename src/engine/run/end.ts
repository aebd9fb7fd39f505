/** The ways in which a residence ends on purpose: each is one last commit, after which the run is dropped. */
import type { EntryBodies, EntryKind } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { EndedStatus } from '../../core/run.ts'
import type { Transition } from '../../store/journal.ts'
import { type Ending, tellOthers } from '../ending.ts'
import { toEntry } from '../journal-entry.ts'
import { toSubmit } from '../submission.ts'
import { describe, originOf, toRecorded } from './failure.ts'
import { buffer, scheduleFlush } from './record.ts'
import { type Recorded, scopeOf } from './recording.ts'
import { emptyBatch, partsOf, type Residence, type RunEnd } from './residence.ts'
import { bookLost, budgetsOf, settleLost } from './spending.ts'

/** The code returned. */
export function complete(residence: Residence, output: unknown): void {
  if (isOver(residence)) return
  if (residence.cancel !== undefined) return endCancelled(residence)
  if (diverged(residence, 'the end of the run')) return
  try {
    finish(residence, 'run-completed', { output }, { status: 'completed', output })
  } catch (reason) {
    const cause = PolisError.from(reason)
    fail(
      residence,
      new PolisError(
        'INVALID_OUTPUT',
        `The output of agent ${residence.program.name} cannot be stored: ${cause.message}`,
        { cause },
      ),
    )
  }
}

/** The code threw, or a limit of the run was reached. */
export function fail(residence: Residence, reason: unknown): void {
  if (isOver(residence)) return
  if (residence.cancel !== undefined) return endCancelled(residence)
  const failure = PolisError.from(reason, 'RUN_FAILED')
  if (diverged(residence, `the run failing: ${toRecorded(failure).message}`)) return
  finishFailed(residence, failure, originOf(reason))
}

/** A limit of the run was reached, wherever its replay stands. */
export function failAnyway(residence: Residence, failure: PolisError): void {
  if (isOver(residence)) return
  if (residence.cancel !== undefined) return endCancelled(residence)
  finishFailed(residence, failure, undefined)
}

function finishFailed(residence: Residence, failure: PolisError, origin: ReturnType<typeof originOf>): void {
  const error = toRecorded(failure)
  finish(residence, 'run-failed', { error, ...origin }, { status: 'failed', error }, error.message)
}

/** A cancel has had its cleanup, or the time for it. */
export function endCancelled(residence: Residence): void {
  const { cancel } = residence
  if (isOver(residence) || cancel === undefined) return
  if (cancel.rollback) partsOf(residence.batch).session = 'restore'
  const { reason, by } = cancel
  const body = { reason, ...(by === undefined ? {} : { by }) }
  const error = new PolisError('CANCELLED', `Run ${residence.record.run} was cancelled: ${reason}`).toJSON()
  finish(residence, 'run-cancelled', body, { status: 'cancelled', error }, reason)
}

/** The code took another path than its journal (G9): nothing is executed, a fork is offered. */
export function diverge(residence: Residence, expected: string, found: string, at: number): void {
  if (isOver(residence)) return
  if (!residence.live && residence.committing === undefined) {
    residence.batch = emptyBatch()
    residence.sequence = residence.durable
  }
  const reason = `Replay expected ${expected} (entry ${at}) and found ${found}`
  const error = new PolisError('DIVERGED', reason, { details: { expected, found, at } }).toJSON()
  residence.engine.log.error({ run: residence.record.run, expected, found, at }, 'replay diverged from the journal')
  finish(residence, 'run-diverged', { expected, found, at }, { status: 'diverged', error }, reason)
}

/** Goes on in a fresh run, which takes over the parent, the tags, the session's place and unread messages. */
export function continueIn(residence: Residence, input: unknown): void {
  if (isOver(residence)) return
  if (residence.cancel !== undefined) return endCancelled(residence)
  if (diverged(residence, 'context.continueAs')) return
  const { record, engine, program, recording } = residence
  const run = engine.ids.run()
  const { tenant, agent, session, parent, tags, priority } = record
  const { webhook, above = [], booked } = recording.submitted
  const time = engine.clock.now()
  const submit = toSubmit({
    ...{ tenant, run, agent, release: program.release, input, time, tags, priority, continues: record.run },
    ...(session === undefined ? {} : { session, policy: 'enqueue' as const }),
    ...(parent === undefined ? {} : { parent }),
    ...(webhook === undefined ? {} : { webhook }),
    ...{ budgets: budgetsOf(residence), above, ...(booked === undefined ? {} : { booked }) },
  })
  // Unread messages are part of its first commit: nothing can come between.
  const author = { tenant, run, epoch: 0, release: program.release }
  const unread = [...residence.messages].flatMap(([name, queue]) => queue.map((arrived) => ({ name, ...arrived })))
  const entries = unread.map((body, at) => toEntry(author, 2 + at, time, 'message-arrived', body))
  partsOf(residence.batch).submits.push({ ...submit, entries: [...submit.entries, ...entries] })
  seal(residence, 'run-continued', { run }, { status: 'continued', to: run, reason: `goes on as ${run}` })
}

/** Leaves memory without having ended: suspended, paused, or handed over. */
export function leave(residence: Residence, next: Transition): void {
  if (isOver(residence)) return
  residence.mode = 'ending'
  for (const operation of residence.operations.values()) {
    bookLost(residence, operation)
    // Of an attempt that a worker which is gone had begun; booked already where the step was begun again.
    if (operation.recorded?.reserved !== undefined) settleLost(residence.batch, operation.recorded.reserved)
  }
  residence.batch.next = next
  scheduleFlush(residence)
}

/** Records an end and has it committed; nothing the code still does counts. */
function seal<K extends EntryKind>(residence: Residence, kind: K, body: EntryBodies[K], next: Transition): void {
  buffer(residence, kind, body)
  residence.mode = 'ending'
  for (const operation of residence.operations.values()) {
    bookLost(residence, operation)
    operation.stop()
  }
  residence.batch.next = next
  scheduleFlush(residence)
}

function finish<K extends EntryKind>(
  residence: Residence,
  kind: K,
  body: EntryBodies[K],
  ending: Ending & { readonly status: EndedStatus },
  reason?: string,
): void {
  const { engine, record, recording } = residence
  const now = engine.clock.now()
  const others = tellOthers(record, recording.submitted, ending, now)
  seal(residence, kind, body, { status: ending.status, ...(reason === undefined ? {} : { reason }) })
  residence.end = endOf(residence, ending.status, reason)
  if (others.messages.length > 0) partsOf(residence.batch).messages.push(...others.messages)
  if (others.submits.length > 0) partsOf(residence.batch).submits.push(...others.submits)
}

function endOf(residence: Residence, status: EndedStatus, reason: string | undefined): RunEnd | undefined {
  const last = residence.batch.entries.at(-1)
  if (last === undefined) return undefined
  const { worker: _, wakeAt: __, reason: ___, ...record } = residence.record
  const { sequence, bytes } = residence
  const stands = { status, sequence, bytes, crashes: 0, updatedAt: last.time, endedAt: last.time }
  return { record: { ...record, ...stands, ...(reason === undefined ? {} : { reason }) }, last }
}

// Whatever the journal holds and the code did not ask for again is a path that was not taken.
function diverged(residence: Residence, found: string): boolean {
  const recorded = findUnasked(residence)
  if (recorded === undefined) return false
  diverge(residence, describe(recorded), found, recorded.sequence)
  return true
}

/** The first operation that the journal holds and the code did not ask for again, though it still may. */
export function findUnasked(residence: Residence): Recorded | undefined {
  for (const recorded of residence.recording.operations.values()) {
    if (!recorded.taken && !recorded.optional && !isBelowClosed(residence, recorded.id)) return recorded
  }
  return undefined
}

/** True when the lane that an operation stands in, or one above it, is over. */
export function isBelowClosed(residence: Residence, id: string): boolean {
  for (let path = scopeOf(id); path !== ''; path = scopeOf(path)) {
    if (residence.closedPaths.has(path)) return true
  }
  return false
}

function isOver({ mode }: Residence): boolean {
  return mode === 'dropped' || mode === 'ending'
}
