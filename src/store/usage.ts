import type { RunStatus } from '../core/run.ts'

/**
 * What a store is made of: `runs` are the records, `inboxes` undelivered messages and open questions, `keys` idempotency keys, `ledger`
 * charges and budgets, `indexes` what lists and queues are found by, `other` all else.
 */
export const STORE_PARTS = [
  'runs',
  'journals',
  'inboxes',
  'sessions',
  'keys',
  'blobs',
  'ledger',
  'indexes',
  'other',
] as const
export type StorePart = (typeof STORE_PARTS)[number]

/** What one part takes. `count` is of what it holds: runs, entries, messages, sessions, keys, blobs, charges; of the last two, of rows or keys. */
export interface PartUsage {
  readonly part: StorePart
  readonly count: number
  readonly bytes: number
}

/** What a store takes as a whole and in its parts, each of which is there. */
export interface StoreUsage {
  readonly parts: readonly PartUsage[]
  /** Runs by status; a status that no run has is left out. */
  readonly runs: readonly { readonly status: RunStatus; readonly count: number }[]
  /** Where it is kept: `used` and `most` are bytes of that. */
  readonly kind: 'memory' | 'disk'
  readonly used: number
  /** Absent where nothing but the machine bounds it. */
  readonly most?: number
  /** Whether bytes, and in a large store counts, are projected from a sample. */
  readonly estimated: boolean
}

/** Adds counts and bytes up by part, in the order of the parts. */
export function sumParts(rows: Iterable<PartUsage>): readonly PartUsage[] {
  const sums = new Map(STORE_PARTS.map((part) => [part, { part, count: 0, bytes: 0 }]))
  for (const { part, count, bytes } of rows) {
    const sum = sums.get(part)
    if (sum !== undefined) sums.set(part, { part, count: sum.count + count, bytes: sum.bytes + bytes })
  }
  return [...sums.values()]
}
