import type { OperationRef } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { diverge } from './end.ts'
import { describe, toError } from './failure.ts'
import { type Closing, type OperationKind, placeOf, type Recorded } from './recording.ts'
import type { Lane, Operation, Residence } from './residence.ts'
import { handOut, scheduleTurn } from './turn.ts'

/** What the code asks for. */
export interface Request {
  readonly kind: OperationKind
  readonly name: string
  /** Of the input, where it has one. */
  readonly hash?: string
  readonly start: (operation: Operation) => void
}

/**
 * Begins an operation: finds what the journal has of it, or has it started as soon as everything recorded is handed out.
 *
 * The promise is never settled once the run is dropped; it rejects CANCELLED in a lane that is over.
 */
export function operate(residence: Residence, lane: Lane, request: Request): Promise<unknown> {
  if (residence.mode === 'dropped' || residence.mode === 'ending') return never()
  if (lane.over) return Promise.reject(cancelled(lane))
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
      start: request.start,
      executing: false,
      settled: false,
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
  { kind, name, hash }: Pick<Request, 'kind' | 'name' | 'hash'>,
): { readonly id: string; readonly index: number; readonly recorded: Recorded | undefined } | undefined {
  const index = lane.next++
  const id = idIn(lane, name)
  residence.steps += 1
  const recorded = residence.recording.operations.get(placeOf(lane.path, index))
  if (recorded === undefined) return { id, index, recorded }
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
  operation.settled = true
  residence.operations.delete(operation.id)
  operation.lane.pending -= 1
  operation.stop()
  residence.idleSince = undefined
  if (closing.kind === 'value') operation.resolve(closing.value)
  else operation.reject(toError(operation.id, closing))
}

/** How an operation is named in an entry. */
export function refOf(operation: Operation): OperationRef {
  const { id, index, hash } = operation
  return hash === undefined ? { id, index } : { id, index, hash }
}

/** Starts an operation live, unless the run is being paused or handed over: then it waits for the next residence. */
export function startLive(residence: Residence, operation: Operation): void {
  if (operation.settled) return
  if (residence.mode !== 'running') return scheduleTurn(residence)
  operation.start(operation)
  scheduleTurn(residence)
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
  const closing = operation.recorded?.closing
  if (closing !== undefined && operation.recorded?.optional) {
    handOut(residence, () => settle(residence, operation, closing))
  } else if (closing !== undefined) residence.pump()
  else if (residence.live) startLive(residence, operation)
  else residence.fresh.push(operation)
}

/** The promise of code that will be dropped: suspending never throws into an author's code. */
export function never(): Promise<never> {
  return new Promise(nothing)
}

function nothing(): void {}
