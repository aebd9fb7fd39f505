/**
 * The file of an export: one JSON object a line.
 *
 * First a `header`; then rows in the order of `PARTS`, a run after the `entries` of its journal, a blob before its `bytes`; a `mark` now
 * and then, behind which an export that was cut off can go on; an `end` last. Each line has its number and a checksum, `end` the SHA-256 of
 * all lines between header and end, each with its line feed: it is the same for two exports of a store that did not change.
 */
import { z } from 'zod'
import { PARTS, type Part } from '../transfer.ts'

/** The format of the file that this version writes, and the only one yet that it reads. */
export const FILE_FORMAT = 1

/** Payload bytes of a journal that share a line, about. */
export const LINE_BYTES = 512 * 1024

/** The first line. */
export interface Header {
  readonly kind: 'header'
  readonly format: number
  /** Random: tells one export from another. */
  readonly id: string
  readonly exportedAt: string
  /** What was exported. */
  readonly store: { readonly adapter: string; readonly format: number; readonly incarnation: string }
}

export const header: z.ZodType<Header> = z.object({
  ...{ kind: z.literal('header'), format: z.int(), id: z.string().min(1), exportedAt: z.string() },
  store: z.object({ adapter: z.string(), format: z.number(), incarnation: z.string() }),
})

/** What was written, or read, so far. `bytes` is of payloads and blobs. */
export interface Totals {
  readonly runs: number
  readonly entries: number
  readonly sessions: number
  readonly blobs: number
  readonly others: number
  readonly bytes: number
}

export const NO_TOTALS: Totals = Object.freeze({ runs: 0, entries: 0, sessions: 0, blobs: 0, others: 0, bytes: 0 })

const totals: z.ZodType<Totals> = z.object({
  ...{ runs: z.int(), entries: z.int(), sessions: z.int(), blobs: z.int(), others: z.int(), bytes: z.int() },
})

/** All before it is whole, and `after` in `part` is where it goes on. */
export interface Mark {
  readonly kind: 'mark'
  readonly part: Part
  readonly after?: string
  readonly totals: Totals
}

export const mark: z.ZodType<Mark> = z.object({
  ...{ kind: z.literal('mark'), part: z.enum(PARTS), after: z.string().optional(), totals },
})

/** The last line. */
export interface End {
  readonly kind: 'end'
  readonly totals: Totals
  readonly sha256: string
}

export const end: z.ZodType<End> = z.object({ kind: z.literal('end'), totals, sha256: z.string() })
