/**
 * Reading an export into a store.
 *
 * Role: checks lines, and puts their rows. Boundary: knows ports and lines, no files.
 *
 * Invariants:
 * 1. Nothing of a line is put before its checksum, its number and its shape are found right.
 * 2. A run is put by its own line alone, which follows its journal: what is cut off or damaged before it leaves nothing that can be read.
 * 3. How far it got is put with the rows themselves: an import that was ended at any point goes on there, with the same file.
 * 4. The import is over only when the last line is there and the hash of all lines is right; until then the store cannot be resumed.
 */
import { createHash } from 'node:crypto'
import { PolisError } from '../../core/error.ts'
import type { BlobInfo } from '../blob.ts'
import type { Store } from '../store.ts'
import type { BlobRow, EntriesRow, Row } from '../transfer-row.ts'
import { type End, end, FILE_FORMAT, type Header, header, NO_TOTALS, type Totals } from './file.ts'
import { damaged, parseLine } from './line.ts'
import { bytes, rowSchema } from './row-schema.ts'
import type { Line } from './split-lines.ts'

/** Rows are put when there are so many, or so many characters of lines. */
const ROWS = 500
const CHARACTERS = 2 * 1024 * 1024

/** What is imported into. */
export type Target = Pick<Store, 'transfer' | 'blob'>

/** What an import came to. `resumed` is the number of the line behind which it went on. */
export interface Imported {
  readonly header: Header
  readonly totals: Totals
  readonly resumed: number
}

/**
 * Puts the lines of an export into an empty store, or goes on where an earlier import of it stopped. `told` hears of progress.
 *
 * Rejects with INVALID_ARGUMENT for a line that is damaged or missing, which it names; CONFLICT for a store that holds something else.
 */
export async function importLines(
  target: Target,
  source: AsyncIterable<Line>,
  told: (totals: Totals) => void = () => {},
): Promise<Imported> {
  const reader = createReader(source)
  const first = await readHeader(reader)
  const resumed = await target.transfer.begin({ id: first.id })
  const batch = createBatch(target, resumed)
  try {
    const last = await readRows(target, reader, batch, told)
    await batch.flush()
    await target.transfer.finish()
    return { header: first, totals: last.totals, resumed }
  } catch (reason) {
    await batch.giveUp()
    throw reason
  }
}

async function readRows(target: Target, reader: Reader, batch: Batch, told: (totals: Totals) => void): Promise<End> {
  let totals = NO_TOTALS
  for (;;) {
    const value = await reader.next()
    if (value.kind === 'end') return checkEnd(reader, value)
    if (value.kind === 'mark') {
      batch.pass(reader.number)
      continue
    }
    const row = rowOf(reader.number, value)
    totals = counted(totals, row)
    if (row.kind === 'blob') await readBlob(target, reader, batch, row)
    else await batch.add(row, reader)
    told(totals)
  }
}

function rowOf(number: number, value: object): Row {
  const { data, error } = rowSchema.safeParse(value)
  if (data !== undefined) return data
  const [issue] = error.issues
  throw damaged(number, `a row of a store; ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'something else'}`)
}

async function readHeader(reader: Reader): Promise<Header> {
  const value = await reader.next().catch((reason: unknown) => {
    if (!(reason instanceof PolisError)) throw reason
    throw new PolisError(
      'INVALID_ARGUMENT',
      'Expected an export of a store, got a file whose first line is no header',
      {
        cause: reason,
      },
    )
  })
  const { data } = header.safeParse(value)
  if (data === undefined) throw damaged(1, 'the header of an export')
  if (data.format <= FILE_FORMAT) return data
  const told = `The export has format ${data.format}, this version knows ${FILE_FORMAT}`
  throw new PolisError('STORE_TOO_NEW', `${told}: import it with the version that wrote it, or a later one`)
}

async function checkEnd(reader: Reader, value: object): Promise<End> {
  const { data } = end.safeParse(value)
  if (data === undefined) throw damaged(reader.number, 'the end of an export')
  const sha256 = reader.hash.digest('hex')
  if (data.sha256 !== sha256) throw damaged(reader.number, `lines of the hash ${data.sha256}, got ${sha256}`)
  if (!(await reader.isOver())) throw damaged(reader.number + 1, 'nothing behind the end')
  return data
}

async function readBlob({ blob }: Target, reader: Reader, batch: Batch, row: BlobRow): Promise<void> {
  const { tenant, hash, size, name, mediaType } = row
  const info: BlobInfo = { ...(name === undefined ? {} : { name }), ...(mediaType === undefined ? {} : { mediaType }) }
  await batch.flush()
  const isThere = batch.done >= reader.number
  const content = contentOf(reader, size)
  // One that was put before must be read over all the same.
  if (isThere) for await (const _ of content);
  else {
    const put = await blob.put(tenant, content, info)
    if (put.hash !== hash) throw damaged(reader.number, `bytes of the blob ${hash}, got those of ${put.hash}`)
  }
  batch.pass(reader.number)
  await batch.flush()
}

async function* contentOf(reader: Reader, size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; ) {
    const value = await reader.next()
    const { data } = value.kind === 'bytes' ? bytes.safeParse(value.bytes) : {}
    if (data === undefined || data.byteLength > left) throw damaged(reader.number, `${left} more bytes of a blob`)
    left -= data.byteLength
    yield data
  }
}

interface Reader {
  /** Of the last line that was read. */
  number: number
  /** Characters of it. */
  length: number
  /** Of the lines between the header and the last that was read. */
  hash: ReturnType<typeof createHash>
  /** The next line. */
  next(): Promise<Readonly<Record<string, unknown>>>
  isOver(): Promise<boolean>
}

function createReader(source: AsyncIterable<Line>): Reader {
  const lines = source[Symbol.asyncIterator]()
  let last: string | undefined
  const reader: Reader = {
    number: 0,
    length: 0,
    hash: createHash('sha256'),
    async next() {
      const { value, done } = await lines.next()
      if (done === true || !value.whole) throw cutOff(reader.number)
      reader.number += 1
      reader.length = value.text.length
      const said = parseLine(value.text, reader.number)
      if (last !== undefined) reader.hash.update(`${last}\n`)
      if (reader.number > 1) last = value.text
      return said
    },
    isOver: async () => (await lines.next()).done === true,
  }
  return reader
}

function cutOff(number: number): PolisError {
  const told = `The export is cut off, or its compression is damaged, behind line ${number}`
  return new PolisError('INVALID_ARGUMENT', `${told}: get the whole file, and import it again`, {
    details: { line: number },
  })
}

interface Batch {
  /** The line up to which everything is put. */
  done: number
  add(row: Row, line: { readonly number: number; readonly length: number }): Promise<void>
  /** The line asks for nothing to be put. */
  pass(number: number): void
  flush(): Promise<void>
  /** Takes back what was put of a run that is not whole. */
  giveUp(): Promise<void>
}

function createBatch({ transfer }: Target, resumed: number): Batch {
  let rows: Row[] = []
  let size = 0
  let last = resumed
  // The run whose journal is being put, and the line before its first.
  let open: { readonly row: EntriesRow; readonly before: number } | undefined
  const batch: Batch = {
    done: resumed,
    async add(row, { number, length }) {
      open = row.kind === 'entries' ? (openAt(open, row) ?? { row, before: number - 1 }) : undefined
      if (number <= batch.done) return
      rows.push(row)
      last = number
      size += length
      if (rows.length >= ROWS || size >= CHARACTERS) await batch.flush()
    },
    pass(number) {
      last = Math.max(last, number)
    },
    async flush() {
      if (last <= batch.done) return
      await transfer.restore(rows, last)
      batch.done = last
      rows = []
      size = 0
    },
    async giveUp() {
      if (open === undefined || open.before >= batch.done) return
      const { tenant, run } = open.row
      // The next import of a whole file begins with this run.
      await transfer.restore([{ kind: 'entries', tenant, run, entries: [] }], open.before).catch(() => {})
    },
  }
  return batch
}

function openAt<T extends { readonly row: EntriesRow }>(
  open: T | undefined,
  { tenant, run }: EntriesRow,
): T | undefined {
  return open?.row.run === run && open.row.tenant === tenant ? open : undefined
}

function counted(totals: Totals, row: Row): Totals {
  if (row.kind === 'entries') {
    const bytes = row.entries.reduce((sum, { payload }) => sum + payload.byteLength, totals.bytes)
    return { ...totals, entries: totals.entries + row.entries.length, bytes }
  }
  if (row.kind === 'run') return { ...totals, runs: totals.runs + 1 }
  if (row.kind === 'session') return { ...totals, sessions: totals.sessions + 1 }
  if (row.kind === 'blob') return { ...totals, blobs: totals.blobs + 1, bytes: totals.bytes + row.size }
  return { ...totals, others: totals.others + 1 }
}
