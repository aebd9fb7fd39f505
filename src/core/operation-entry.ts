import type { EntryBodies, EntryKind, OperationRef } from './entry.ts'

/** What code may ask the engine for. */
export type OperationKind =
  | 'step'
  | 'timer'
  | 'question'
  | 'message'
  | 'child'
  | 'value'
  | 'event'
  | 'race'
  | 'session'
  | 'budget'
  | 'snapshot'

/** Kinds of entries that belong to an operation. */
export type OperationEntryKind = {
  [K in EntryKind]: EntryBodies[K] extends OperationRef ? K : never
}[EntryKind]

interface OperationEntryRow {
  readonly operation: OperationKind
  /** What it is of the operation: its begin, something on the way, its end, or all of it. */
  readonly part: 'begin' | 'middle' | 'end' | 'whole'
}

/** Each kind of entry of an operation; a new kind without a row does not compile. */
export const OPERATION_ENTRIES: { readonly [K in OperationEntryKind]: OperationEntryRow } = {
  'step-started': { operation: 'step', part: 'middle' },
  'step-retrying': { operation: 'step', part: 'middle' },
  'step-completed': { operation: 'step', part: 'end' },
  'step-failed': { operation: 'step', part: 'end' },
  'step-asked': { operation: 'step', part: 'middle' },
  'step-answered': { operation: 'step', part: 'middle' },
  'step-unasked': { operation: 'step', part: 'middle' },
  'timer-started': { operation: 'timer', part: 'begin' },
  'timer-fired': { operation: 'timer', part: 'end' },
  'question-asked': { operation: 'question', part: 'begin' },
  'question-answered': { operation: 'question', part: 'end' },
  'question-expired': { operation: 'question', part: 'end' },
  'message-awaited': { operation: 'message', part: 'begin' },
  'message-received': { operation: 'message', part: 'end' },
  'message-expired': { operation: 'message', part: 'end' },
  'child-started': { operation: 'child', part: 'begin' },
  'child-completed': { operation: 'child', part: 'end' },
  'child-failed': { operation: 'child', part: 'end' },
  'value-recorded': { operation: 'value', part: 'whole' },
  'event-emitted': { operation: 'event', part: 'whole' },
  'race-decided': { operation: 'race', part: 'whole' },
  'session-updated': { operation: 'session', part: 'whole' },
  'session-titled': { operation: 'session', part: 'whole' },
  'budget-raised': { operation: 'budget', part: 'whole' },
  'snapshot-taken': { operation: 'snapshot', part: 'whole' },
}

/** Kinds of entries that are one of these parts of an operation. */
export function entryKindsOf(...parts: readonly OperationEntryRow['part'][]): ReadonlySet<EntryKind> {
  const rows = Object.entries(OPERATION_ENTRIES) as [OperationEntryKind, OperationEntryRow][] // As the table is typed.
  return new Set(rows.flatMap(([kind, { part }]) => (parts.includes(part) ? [kind] : [])))
}
