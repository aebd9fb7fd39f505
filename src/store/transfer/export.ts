/**
 * Writing an export.
 *
 * Role: reads a store's snapshot part by part, and says it as lines. Boundary: knows ports and lines, no files.
 *
 * Invariants:
 * 1. A run's line follows its whole journal, of which no more is written than the run says that it has: both are of one moment.
 * 2. Memory is bounded by one page of rows and one line, however much the store holds.
 * 3. Behind a mark nothing before it is needed: who goes on there needs the mark, the hash of the lines before it, and its number.
 */
import { createHash, type Hash } from 'node:crypto'
import type { Entry } from '../../core/entry.ts'
import { PARTS, type Part, type Snapshot } from '../transfer.ts'
import type { BlobRow, Row, RunRow } from '../transfer-row.ts'
import { type End, type Header, LINE_BYTES, type Mark, NO_TOTALS, type Totals } from './file.ts'
import { toLine } from './line.ts'
import { base64, encodeRow } from './row-schema.ts'

/** Rows of a page, and entries of a read. */
const PAGE = 100
const ENTRIES = 64

/** Where an export goes on: behind a line with a mark, or behind the header. */
export interface Begun {
  readonly number: number
  /** Of all lines behind the header up to there, each with its line feed. */
  readonly hash: Hash
  readonly mark: Pick<Mark, 'part' | 'after' | 'totals'>
}

/** An export that begins with its header. */
export function beginning(): Begun {
  return { number: 1, hash: createHash('sha256'), mark: { part: 'run', totals: NO_TOTALS } }
}

/** The first line. */
export function headerLine(header: Omit<Header, 'kind'>): string {
  return `${toLine(1, { kind: 'header', ...header })}\n`
}

/** The lines behind the header or a mark, each with its line feed; `told` hears the totals now and then. */
export async function* exportLines(
  source: Snapshot,
  begun: Begun,
  told: (totals: Totals, end?: End) => void = () => {},
): AsyncGenerator<string> {
  const writer = createWriter(begun)
  const { after } = begun.mark
  for (const part of PARTS.slice(PARTS.indexOf(begun.mark.part))) {
    for await (const lines of partLines(source, part, part === begun.mark.part ? after : undefined, writer)) yield lines
    told(writer.totals)
  }
  const last: End = { kind: 'end', totals: writer.totals, sha256: begun.hash.digest('hex') }
  yield `${toLine(writer.number + 1, last)}\n`
  told(writer.totals, last)

  async function* partLines(from: Snapshot, part: Part, start: string | undefined, to: Writer) {
    for (let at = start, more = true; more; ) {
      const { rows, next } = await from.dump(part, at, PAGE)
      for (const row of rows) yield* rowLines(from, row, to)
      const following = next === undefined ? PARTS[PARTS.indexOf(part) + 1] : part
      if (following !== undefined && rows.length > 0) {
        const place = next === undefined ? {} : { after: next }
        yield to.line({ kind: 'mark', part: following, ...place, totals: to.totals })
      }
      told(to.totals)
      at = next
      more = next !== undefined
    }
  }
}

interface Writer {
  number: number
  totals: Totals
  line(value: object): string
  count(more: Partial<Totals>): void
}

function createWriter({ number, hash, mark }: Begun): Writer {
  const writer: Writer = {
    number,
    totals: mark.totals,
    line(value) {
      writer.number += 1
      const line = `${toLine(writer.number, value)}\n`
      hash.update(line)
      return line
    },
    count(more) {
      const sum = (name: keyof Totals) => writer.totals[name] + (more[name] ?? 0)
      writer.totals = {
        ...{ runs: sum('runs'), entries: sum('entries'), sessions: sum('sessions'), blobs: sum('blobs') },
        ...{ others: sum('others'), bytes: sum('bytes') },
      }
    },
  }
  return writer
}

async function* rowLines(source: Snapshot, row: Row, writer: Writer): AsyncGenerator<string> {
  if (row.kind === 'run') return yield* runLines(source, row, writer)
  if (row.kind === 'blob') return yield* blobLines(source, row, writer)
  yield writer.line(encodeRow(row))
  writer.count(row.kind === 'session' ? { sessions: 1 } : { others: 1 })
}

async function* runLines({ journal }: Snapshot, row: RunRow, writer: Writer): AsyncGenerator<string> {
  const { tenant, run, sequence } = row.record
  let read = 0
  let held = 0
  while (read < sequence) {
    const entries = await journal.read(tenant, run, read, Math.min(ENTRIES, sequence - read))
    for (const some of bySize(entries)) {
      yield writer.line(encodeRow({ kind: 'entries', tenant, run, entries: some }))
      held += bytesOf(some)
    }
    read += entries.length
    if (entries.length > 0) continue
    // It was removed since: what was written of it is taken back.
    yield writer.line(encodeRow({ kind: 'entries', tenant, run, entries: [] }))
    return
  }
  yield writer.line(encodeRow(row))
  writer.count({ runs: 1, entries: sequence, bytes: held })
}

async function* blobLines({ blob }: Snapshot, row: BlobRow, writer: Writer): AsyncGenerator<string> {
  const content = await blob.read(row.tenant, row.hash)
  // It was removed since, and no run refers to it.
  if (content === undefined) return
  yield writer.line(row)
  for await (const chunk of content) {
    for (let at = 0; at < chunk.byteLength; at += LINE_BYTES) {
      yield writer.line({ kind: 'bytes', bytes: base64(chunk.subarray(at, at + LINE_BYTES)) })
    }
  }
  writer.count({ blobs: 1, bytes: row.size })
}

function* bySize(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let some: Entry[] = []
  let size = 0
  for (const entry of entries) {
    if (some.length > 0 && size + entry.payload.byteLength > LINE_BYTES) {
      yield some
      some = []
      size = 0
    }
    some.push(entry)
    size += entry.payload.byteLength
  }
  if (some.length > 0) yield some
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.byteLength, 0)
}
