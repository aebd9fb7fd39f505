import type { Budget, BudgetLimits, Charge, Reservation } from './budget.ts'
import type { QuestionOption } from './question.ts'

/**
 * The journal's entry format.
 *
 * An entry is a plain versioned header, which stores and tools read, and a payload of opaque bytes, which only the
 * engine and clients read. The header says whose entry it is and where it stands; the payload is the JSON of an
 * `EntryBody` of the header's kind, or, over 256 KiB, lies in the blob that `blob` names.
 */
export const ENTRY_VERSION = 1

/** A payload over this many bytes moves into a blob. */
export const INLINE_LIMIT = 256 * 1024

/** The header's plain part. `sequence` starts at 1 and has no gaps (G4); `time` is milliseconds since the epoch. */
export interface EntryHeader {
  readonly version: number
  readonly tenant: string
  readonly run: string
  readonly sequence: number
  readonly epoch: number
  readonly kind: EntryKind
  readonly time: number
  readonly release: string
}

/** One journal entry as stores keep it. `blob` is the hash of the blob that holds the payload, which is then empty. */
export interface Entry extends EntryHeader {
  readonly payload: Uint8Array
  readonly blob?: string
}

/** How an error stands in a journal: never with a stack. */
export interface RecordedError {
  readonly code: string
  readonly message: string
  readonly name?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * Where an operation stands in its run, fixed when the code asks for it.
 *
 * `id` is the scope path, the name and, from the second on, `#occurrence`; `index` counts the operations of the scope
 * from 0, so that a changed order is seen; `hash` covers the input.
 */
export interface OperationRef {
  readonly id: string
  readonly index: number
  readonly hash?: string
}

/** What each kind of entry says. Kinds that end in a past tense close their operation. */
export interface EntryBodies {
  'run-submitted': {
    readonly agent: string
    readonly input: unknown
    readonly session?: string
    readonly parent?: { readonly run: string; readonly step: string }
    readonly tags: Readonly<Record<string, string>>
    readonly priority: number
    readonly by?: string
    readonly continues?: string
    /** URL that is told when the run ends. */
    readonly webhook?: string
    /** Of the runs above it, which its calls count against too. */
    readonly budgets?: readonly Budget[]
    /** Agents of the runs above it, the topmost first. */
    readonly above?: readonly string[]
    /** Session and tags of the topmost run, under which its calls are booked too. */
    readonly booked?: Pick<Charge, 'session' | 'tags'>
  }
  'run-forked': { readonly from: string; readonly at: number }
  'run-retried': { readonly from: number; readonly by?: string }
  'run-resumed': { readonly by?: string }
  'run-paused': { readonly by?: string }
  'step-started': OperationRef & {
    readonly attempt: number
    readonly effect: string
    /** What the call takes of budgets until its end is recorded (G8). */
    readonly reserved?: Reservation
  }
  'step-retrying': OperationRef & {
    readonly attempt: number
    readonly error: RecordedError
    readonly at: number
    readonly charge?: Charge
  }
  'step-completed': OperationRef & {
    readonly attempt: number
    readonly ms: number
    readonly output: unknown
    readonly charge?: Charge
  }
  'step-failed': OperationRef & {
    readonly attempt: number
    readonly ms: number
    readonly error: RecordedError
    readonly charge?: Charge
  }
  /** A question of the attempt that executes; `asked` is its id. */
  'step-asked': OperationRef & {
    readonly asked: string
    readonly question: string
    readonly schema: unknown
    readonly deadline?: number
    readonly about?: unknown
    readonly options?: readonly QuestionOption[]
    readonly assignee?: string
  }
  'step-answered': OperationRef & { readonly asked: string; readonly answer: unknown; readonly by?: string }
  'step-unasked': OperationRef & { readonly asked: string }
  'timer-started': OperationRef & { readonly at: number }
  'timer-fired': OperationRef
  'question-asked': OperationRef & {
    /** What it is answered by, where that is not the operation's id: an uncertain step is asked about once an attempt. */
    readonly asked?: string
    readonly question: string
    readonly schema: unknown
    readonly deadline?: number
    readonly about?: unknown
    readonly options?: readonly QuestionOption[]
    /** Who should answer: a person or a group, as the project names them. */
    readonly assignee?: string
    /** The answer holds for what the code did next, and for nothing else. */
    readonly consent?: true
    /** What is taken as the answer when the deadline passes. */
    readonly otherwise?: { readonly answer: unknown }
  }
  'question-answered': OperationRef & {
    /** As in `question-asked`. */
    readonly asked?: string
    readonly answer: unknown
    readonly by?: string
    /** When it was given (ms), which may be before it was recorded. */
    readonly at?: number
    /** Nobody answered in time: it is what the question's `otherwise` says. */
    readonly byDeadline?: true
  }
  'question-expired': OperationRef
  'message-awaited': OperationRef & { readonly name: string; readonly deadline?: number }
  'message-arrived': { readonly message: string; readonly name: string; readonly data: unknown }
  'message-received': OperationRef & { readonly message: string; readonly data: unknown }
  'message-expired': OperationRef
  'child-started': OperationRef & { readonly run: string; readonly agent: string }
  'child-completed': OperationRef & { readonly run: string; readonly output: unknown }
  'child-failed': OperationRef & { readonly run: string; readonly error: RecordedError }
  'value-recorded': OperationRef & { readonly value: unknown }
  'event-emitted': OperationRef & { readonly name: string; readonly data: unknown }
  'race-decided': OperationRef & { readonly winner: string }
  'budget-raised': OperationRef & { readonly key: string; readonly amounts: BudgetLimits }
  'session-updated': OperationRef & { readonly state: unknown }
  'session-titled': OperationRef & { readonly title: string }
  /** What a residence needs to begin here instead of at the first entry: the code's state, and where its run stood. */
  'snapshot-taken': OperationRef & {
    readonly state: unknown
    /** Occurrences of each name in the run's own scope, this operation's included. */
    readonly names: Readonly<Record<string, number>>
    /** Operations that count against `limits.steps`. */
    readonly steps: number
    /** Payload bytes of the journal before this entry. */
    readonly bytes: number
    /** Messages that arrived and that nobody received yet, oldest first. */
    readonly unread: readonly EntryBodies['message-arrived'][]
  }
  'cancel-requested': { readonly reason: string; readonly by?: string; readonly rollback?: boolean }
  'run-completed': { readonly output: unknown }
  'run-failed': { readonly error: RecordedError; readonly step?: string; readonly at?: number }
  'run-cancelled': { readonly reason: string; readonly by?: string }
  'run-continued': { readonly run: string }
  'run-diverged': { readonly expected: string; readonly found: string; readonly at: number }
  'run-dead': { readonly reason: string; readonly error?: RecordedError }
}

export type EntryKind = keyof EntryBodies
export type EntryBody<K extends EntryKind = EntryKind> = { [P in K]: { readonly kind: P } & EntryBodies[P] }[K]

/** An entry with its payload decoded: what clients and the engine read. */
export type DecodedEntry = {
  [P in EntryKind]: EntryHeader & { readonly kind: P; readonly data: EntryBodies[P] }
}[EntryKind]
