/**
 * What a journal says of a run, arranged for replay.
 *
 * Role: turns entries into recorded operations, found by scope and index, and the order in which their results are handed out.
 * Boundary: pure; reads no store and runs no code.
 * Invariants:
 * 1. An operation is found by where it stands (scope, index), never by its name, so that a changed name or order is seen (G9).
 * 2. Hand-outs are in journal order.
 * 3. After a retry, what the failed attempt recorded from its failure on is optional: reused where the code asks for the same
 *    operation again, ignored otherwise. The failure itself is void.
 * 4. A recording that begins with a snapshot holds nothing of an operation from before it.
 */
import type { Reservation } from '../../core/budget.ts'
import type { DecodedEntry, EntryBodies, RecordedError } from '../../core/entry.ts'
import { OPERATION_ENTRIES, type OperationKind } from '../../core/operation-entry.ts'

/** What a snapshot says. */
export type Snapshot = EntryBodies['snapshot-taken']

/** How a closed operation ended. */
export type Closing =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: RecordedError; readonly sequence: number }

/** One operation as far as the journal knows it. */
export interface Recorded {
  readonly kind: OperationKind
  readonly id: string
  readonly index: number
  readonly hash: string | undefined
  readonly sequence: number
  readonly optional: boolean
  /** Attempts begun, and whether the last one has an intent but no outcome. */
  attempt: number
  uncertain: boolean
  /** Attempts that failed, as opposed to those that a crash cut off. */
  failures: number
  retryAt?: number
  /** What its last attempt took of budgets, while its outcome is not known. */
  reserved?: Reservation
  /** When a timer fires, a question or a receive gives up. */
  at?: number
  child?: string
  /** What was added to a budget. */
  raise?: Pick<EntryBodies['budget-raised'], 'key' | 'amounts'>
  /** Under which id a human was asked: as a question, or about a step whose outcome is unknown; and what they said of the step. */
  asked: string | undefined
  answer?: unknown
  /** For a step: how many questions its attempts asked while they executed, and which are still open. */
  asks: number
  readonly open: Set<string>
  closing?: Closing
  /** The run ended, and was retried, while it waited. */
  retried?: boolean
  /** The code asked for it again. */
  taken: boolean
}

/** A message that arrived and that no `receive` took. */
export interface Arrived {
  readonly message: string
  readonly data: unknown
}

/** What is handed out in journal order: the closing of an operation, or the cancel of the run. */
export type HandOut = { readonly kind: 'closing'; readonly recorded: Recorded; readonly sequence: number } | CancelOrder

/** A recorded cancel; with `rollback` the session's state goes back to what it was before the run. */
export interface CancelOrder {
  readonly kind: 'cancel'
  readonly reason: string
  readonly by: string | undefined
  readonly rollback: boolean
  readonly time: number
}

export interface Recording {
  readonly submitted: EntryBodies['run-submitted']
  readonly operations: ReadonlyMap<string, Recorded>
  readonly handOuts: readonly HandOut[]
  readonly messages: ReadonlyMap<string, readonly Arrived[]>
  /** What it begins with, if not with the first entry. */
  readonly snapshot: Snapshot | undefined
  /** Payload bytes of the journal before its last snapshot. */
  readonly snapped: number
}

/** Where an operation stands, as a map's key. */
export function placeOf(scope: string, index: number): string {
  return `${scope}\n${index}`
}

/** Arranges a whole journal, first entry first; with a snapshot its first entry, and what follows the snapshot. */
export function readRecording(entries: readonly DecodedEntry[], snapshot?: Snapshot): Recording {
  const first = entries[0]
  if (first?.kind !== 'run-submitted') throw new TypeError('a journal begins with run-submitted')
  const state: State = {
    ...{ operations: new Map(), handOuts: [], messages: new Map(), optionalFrom: firstVoid(entries) },
    past:
      snapshot === undefined ? undefined : { index: snapshot.index, names: new Map(Object.entries(snapshot.names)) },
    snapped: snapshot?.bytes ?? 0,
  }
  for (const body of snapshot?.unread ?? []) arrive(state, body)
  for (const entry of entries) apply(state, entry)
  const { operations, handOuts, messages, snapped } = state
  return { submitted: first.data, operations, handOuts, messages, snapshot, snapped }
}

interface State {
  readonly operations: Map<string, Recorded>
  readonly handOuts: HandOut[]
  readonly messages: Map<string, Arrived[]>
  /** Ranges of sequences that a retry made optional; the first of each is void. */
  readonly optionalFrom: readonly { readonly from: number; readonly to: number }[]
  /** Where the snapshot stands that it begins with. */
  readonly past: Place | undefined
  snapped: number
}

function firstVoid(entries: readonly DecodedEntry[]): { from: number; to: number }[] {
  return entries.flatMap((entry) =>
    entry.kind === 'run-retried' ? [{ from: entry.data.from, to: entry.sequence }] : [],
  )
}

function apply(state: State, entry: DecodedEntry): void {
  if (entry.kind === 'message-arrived') return arrive(state, entry.data)
  if (entry.kind === 'cancel-requested') {
    if (!isOptional(state, entry.sequence)) {
      const { reason, by, rollback = false } = entry.data
      state.handOuts.push({ kind: 'cancel', reason, by, rollback, time: entry.time })
    }
    return
  }
  if (entry.kind === 'run-retried') return reopen(state)
  if (entry.kind.startsWith('run-')) return
  const operation = entry as OperationEntry
  // Of a branch that was over, and whose code recorded values while it ended.
  if (state.past !== undefined && isPast(state.past, operation.data)) return
  if (operation.kind === 'snapshot-taken') state.snapped = operation.data.bytes
  if (isVoid(state, entry.sequence)) return forget(state, operation)
  applyOperation(state, operation)
}

/** Where a snapshot stands: its index in the run's own scope, and how often each name had been used there. */
export interface Place {
  readonly index: number
  readonly names: ReadonlyMap<string, number>
}

/** True for an operation that no code can ask for after a snapshot that stands there. */
export function isPast({ index, names }: Place, operation: { readonly id: string; readonly index: number }): boolean {
  if (scopeOf(operation.id) === '') return operation.index <= index
  // A scope below the run's own is named when it opens, as operations are.
  const [opened = ''] = operation.id.split('/', 1)
  const [name = '', occurrence = '1'] = opened.split('#', 2)
  return Number(occurrence) <= (names.get(name) ?? 0)
}

type OperationEntry = Extract<DecodedEntry, { data: { id: string; index: number } }>

function applyOperation(state: State, entry: OperationEntry): void {
  const recorded = operationOf(state, entry)
  const closing = recorded.kind === 'step' ? applyToStep(recorded, entry) : applyToWait(state, recorded, entry)
  // An operation ends once.
  if (closing === undefined || recorded.closing !== undefined) return
  recorded.closing = closing
  if (!recorded.optional && recorded.kind !== 'value' && recorded.kind !== 'race') {
    state.handOuts.push({ kind: 'closing', recorded, sequence: entry.sequence })
  }
}

// The failure that a retry takes back was a known outcome: the step begins anew, as if never tried.
function forget({ operations }: State, { data: { id, index } }: OperationEntry): void {
  operations.delete(placeOf(scopeOf(id), index))
}

// The end of the run closed its questions, and what its children told it afterwards was lost.
function reopen({ operations }: State): void {
  for (const recorded of operations.values()) {
    if (recorded.closing !== undefined) continue
    recorded.retried = true
    if (recorded.kind === 'question' || recorded.kind === 'step') recorded.asked = undefined
  }
}

function operationOf(state: State, entry: OperationEntry): Recorded {
  const { id, index, hash } = entry.data
  const place = placeOf(scopeOf(id), index)
  const known = state.operations.get(place)
  const optional = isOptional(state, entry.sequence)
  if (known !== undefined && known.id === id && (!known.optional || optional)) return known
  const recorded: Recorded = {
    kind: OPERATION_ENTRIES[entry.kind].operation,
    id,
    index,
    hash,
    sequence: entry.sequence,
    optional,
    attempt: 0,
    uncertain: false,
    failures: 0,
    asked: undefined,
    asks: 0,
    open: new Set(),
    taken: false,
  }
  state.operations.set(place, recorded)
  return recorded
}

function applyToStep(recorded: Recorded, entry: OperationEntry): Closing | undefined {
  switch (entry.kind) {
    case 'step-started':
      recorded.attempt = entry.data.attempt
      // Any other is simply called again: of such a one, only what it reserved was to be known.
      recorded.uncertain = entry.data.effect === 'once'
      delete recorded.retryAt
      delete recorded.reserved
      if (entry.data.reserved !== undefined) recorded.reserved = entry.data.reserved
      recorded.asked = undefined
      delete recorded.answer
      return
    case 'step-retrying':
      recorded.attempt = entry.data.attempt
      recorded.uncertain = false
      recorded.failures += 1
      delete recorded.reserved
      recorded.retryAt = entry.data.at
      return
    case 'question-asked':
      recorded.asked = entry.data.asked ?? entry.data.id
      return
    case 'question-answered':
      recorded.answer = entry.data.answer
      return
    case 'step-asked':
      recorded.asks += 1
      recorded.open.add(entry.data.asked)
      return
    case 'step-answered':
    case 'step-unasked':
      recorded.open.delete(entry.data.asked)
      return
    case 'step-completed':
      return { kind: 'value', value: entry.data.output }
    case 'step-failed':
      return { kind: 'error', error: entry.data.error, sequence: entry.sequence }
  }
}

function applyToWait(state: State, recorded: Recorded, entry: OperationEntry): Closing | undefined {
  switch (entry.kind) {
    case 'timer-started':
      recorded.at = entry.data.at
      return
    case 'question-asked':
    case 'message-awaited':
      if (entry.data.deadline !== undefined) recorded.at = entry.data.deadline
      recorded.asked = entry.data.id
      return
    case 'child-started':
      recorded.child = entry.data.run
      recorded.retried = false
      return
    case 'timer-fired':
    case 'event-emitted':
    case 'session-updated':
    case 'session-titled':
    case 'snapshot-taken':
      return { kind: 'value', value: undefined }
    case 'budget-raised':
      recorded.raise = { key: entry.data.key, amounts: entry.data.amounts }
      return { kind: 'value', value: undefined }
    case 'question-answered':
      return { kind: 'value', value: entry.data.answer }
    case 'message-received':
      // Taken back by a retry, it waits for whoever receives next.
      if (recorded.optional) return
      take(state, entry.data.message)
      return { kind: 'value', value: entry.data.data }
    case 'child-completed':
      return { kind: 'value', value: entry.data.output }
    case 'value-recorded':
      return { kind: 'value', value: entry.data.value }
    case 'race-decided':
      return { kind: 'value', value: entry.data.winner }
    case 'child-failed':
      return { kind: 'error', error: entry.data.error, sequence: entry.sequence }
    case 'question-expired':
    case 'message-expired':
      return { kind: 'error', error: expired(recorded), sequence: entry.sequence }
  }
}

/** The error of a wait that gave up; the same live and replayed. */
export function expired(operation: { readonly id: string; readonly kind: OperationKind }): RecordedError {
  const what = operation.kind === 'question' ? 'no answer to question' : 'no message for'
  return { code: 'TIMEOUT', message: `There was ${what} ${operation.id} before its timeout` }
}

/** The path of the scope that an operation stands in; empty for the run's own. */
export function scopeOf(id: string): string {
  const slash = id.lastIndexOf('/')
  return slash === -1 ? '' : id.slice(0, slash)
}

function arrive(state: State, { message, name, data }: EntryBodies['message-arrived']): void {
  const queue = state.messages.get(name) ?? []
  state.messages.set(name, queue)
  queue.push({ message, data })
}

function take(state: State, message: string): void {
  for (const queue of state.messages.values()) {
    const at = queue.findIndex((arrived) => arrived.message === message)
    if (at !== -1) queue.splice(at, 1)
  }
}

function isOptional(state: State, sequence: number): boolean {
  return state.optionalFrom.some(({ from, to }) => sequence >= from && sequence < to)
}

function isVoid(state: State, sequence: number): boolean {
  return state.optionalFrom.some(({ from }) => sequence === from)
}
