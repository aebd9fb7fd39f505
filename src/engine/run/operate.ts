import type { OperationRef } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { OperationKind } from '../../core/operation-entry.ts'
import { diverge } from './end.ts'
import { describe, toError } from './failure.ts'
import { record } from './record.ts'
import { type Closing, placeOf, type Recorded } from './recording.ts'
import type { Lane, Operation, Residence } from './residence.ts'
import { bookLost } from './spending.ts'
import { handOut, scheduleTurn } from './turn.ts'

/** What the code asks for. */
export interface Request {
  readonly kind: OperationKind
  readonly name: string
  /** Of the input, where it has one. */
  readonly hash?: string
  /** Not to be answered by what a retry made optional. */
  readonly consent?: true
  readonly start: (operation: Operation) => void
}

/**
 * Begins an operation: finds what the journal has of it, or has it started as soon as everything recorded is handed out.
 *
 * The promise is never settled once the run is dropped; it rejects CANCELLED in a lane that is over.
 */
export function operate(residence: Residence, lane: Lane, request: Request): Promise<unknown> {
  if (residence.mode === 'dropped' || residence.mode === 'ending') return never()
  if (lane.over) return refuse(lane)
  const place = take(residence, lane, request)
  if (place === undefined) return never()
  return new Promise((resolve, reject) => {
    const operation: Operation = {
      id: place.id,
      index: place.index,
      hash: request.hash,
      kind: request.kind,
      lane,
      recorded: place.recorded,
      resolve,
      reject,
      start: (started) => reuse(residence, started) || request.start(started),
      executing: false,
      settled: false,
      ended: false,
      wakeAt: undefined,
      stop: nothing,
    }
    residence.operations.set(operation.id, operation)
    lane.pending += 1
    begin(residence, operation)
  })
}

/** Counts the operation in its lane and finds what is recorded; undefined when the run diverged. */
export function take(
  residence: Residence,
  lane: Lane,
  { kind, name, hash, consent }: Omit<Request, 'start'>,
): { readonly id: string; readonly index: number; readonly recorded: Recorded | undefined } | undefined {
  const index = lane.next++
  const id = idIn(lane, name)
  // When it is taken is the loop's business, and no limit's.
  if (kind !== 'snapshot') residence.steps += 1
  const recorded = residence.recording.operations.get(placeOf(lane.path, index))
  if (recorded === undefined) return { id, index, recorded }
  if (consent && recorded.optional) return { id, index, recorded: undefined }
  if (recorded.id === id && recorded.kind === kind && recorded.hash === hash) {
    recorded.taken = true
    return { id, index, recorded }
  }
  // What a retry made optional binds nobody.
  if (recorded.optional) return { id, index, recorded: undefined }
  diverge(residence, describe(recorded), describe({ kind, id, hash }), recorded.sequence)
  return undefined
}

/** Gives an operation its end; later ones are ignored. */
export function settle(residence: Residence, operation: Operation, closing: Closing): void {
  if (operation.settled || residence.mode === 'dropped') return
  letGo(residence, operation)
  residence.idleSince = undefined
  if (closing.kind === 'value') operation.resolve(closing.value)
  else operation.reject(toError(operation.id, closing))
}

/** Takes an operation out of the run: whatever becomes of it does not count any more. */
export function letGo(residence: Residence, operation: Operation): void {
  operation.settled = true
  residence.operations.delete(operation.id)
  operation.lane.pending -= 1
  setExecuting(residence, operation, false)
  bookLost(residence, operation)
  operation.stop()
}

/** Counts the operations that execute: a run with one of them does not leave memory by itself. */
export function setExecuting(residence: Residence, operation: Operation, executing: boolean): void {
  if (operation.executing === executing) return
  operation.executing = executing
  residence.executing += executing ? 1 : -1
}

/** How an operation is named in an entry. */
export function refOf(operation: Operation): OperationRef {
  const { id, index, hash } = operation
  return hash === undefined ? { id, index } : { id, index, hash }
}

/** Starts an operation live, unless the run is being paused or handed over: then it waits for the next residence. */
export function startLive(residence: Residence, operation: Operation): void {
  if (operation.settled) return
  scheduleTurn(residence)
  if (residence.mode !== 'running') return
  try {
    operation.start(operation)
  } catch (reason) {
    const error = PolisError.from(reason).toJSON()
    handOut(residence, () => settle(residence, operation, { kind: 'error', error, sequence: 0 }))
  }
}

/** The next id of that name in a lane. */
export function idIn(lane: Lane, name: string): string {
  const occurrence = (lane.names.get(name) ?? 0) + 1
  lane.names.set(name, occurrence)
  const last = occurrence === 1 ? name : `${name}#${occurrence}`
  return lane.path === '' ? last : `${lane.path}/${last}`
}

/** The error that operations of a lane that nobody waits for any more reject with. */
export function cancelled(lane: Lane): PolisError {
  const reason = lane.abort.reason
  if (reason instanceof PolisError) return reason
  return new PolisError(
    'CANCELLED',
    `Branch ${lane.path || 'of the run'} was cancelled: its result is not wanted any more`,
  )
}

function begin(residence: Residence, operation: Operation): void {
  const { recorded } = operation
  if (residence.live) return startLive(residence, operation)
  if (recorded?.closing === undefined || recorded.optional) residence.fresh.push(operation)
  if (recorded !== undefined) residence.pump()
}

// What a failed attempt recorded after the failure that a retry took back: its end becomes an entry of this attempt, and is not executed.
function reuse(residence: Residence, operation: Operation): boolean {
  const { recorded, kind } = operation
  const closing = recorded?.optional ? recorded.closing : undefined
  if (recorded === undefined || closing === undefined) return false
  const { attempt, child: run = '', raise } = recorded
  const ref = refOf(operation)
  const done = (sequence: number) =>
    handOut(residence, () =>
      settle(residence, operation, closing.kind === 'error' ? { ...closing, sequence } : closing),
    )
  if (kind === 'step') {
    if (closing.kind === 'value')
      record(residence, 'step-completed', { ...ref, attempt, ms: 0, output: closing.value }, done)
    else record(residence, 'step-failed', { ...ref, attempt, ms: 0, error: closing.error }, done)
  } else if (kind === 'question') {
    if (closing.kind === 'value') record(residence, 'question-answered', { ...ref, answer: closing.value }, done)
    else record(residence, 'question-expired', ref, done)
  } else if (kind === 'child') {
    if (closing.kind === 'value') record(residence, 'child-completed', { ...ref, run, output: closing.value }, done)
    else record(residence, 'child-failed', { ...ref, run, error: closing.error }, done)
  } else if (kind === 'budget' && raise !== undefined) record(residence, 'budget-raised', { ...ref, ...raise }, done)
  else return false
  return true
}

// Code that swallows its cancellation and tries again would never give the thread back.
const MOST_REFUSALS = 100

function refuse(lane: Lane): Promise<never> {
  lane.refusals += 1
  return lane.refusals > MOST_REFUSALS ? never() : Promise.reject(cancelled(lane))
}

/** The promise of code that will be dropped: suspending never throws into an author's code. */
export function never(): Promise<never> {
  return new Promise(nothing)
}

function nothing(): void {}
