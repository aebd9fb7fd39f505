import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Store } from '../store.ts'
import type { Snapshot } from '../transfer.ts'
import { type Compression, compressionOf, compressor, decompressed } from './compression.ts'
import { type Begun, beginning, exportLines, headerLine } from './export.ts'
import { type End, FILE_FORMAT, type Header, type Totals } from './file.ts'
import { type Found, findMark, linesUpTo } from './find-mark.ts'
import { splitLines } from './split-lines.ts'

/** What is exported, and who hears of it. */
export interface ExportOptions {
  readonly store: Store
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly told?: (totals: Totals) => void
}

/** What an export came to. `resumed` is the number of the line behind which it went on. */
export interface Exported {
  readonly header: Header
  readonly totals: Totals
  readonly sha256: string
  readonly resumed: number
}

/**
 * Exports a store to a file, for its owner alone. It has its name only once it is whole and synced; until then it is `FILE.part`, which
 * `resume` goes on with. A name that ends in `.gz` or `.zst` says how it is compressed.
 */
export async function exportToFile(options: ExportOptions, file: string, resume: boolean): Promise<Exported> {
  const part = `${file}.part`
  const found = resume && existsSync(part) ? await findMark(read(part)) : undefined
  const target = found === undefined ? part : `${part}.new`
  const takeOver = found === undefined ? undefined : () => rename(target, part)
  const output = createWriteStream(target, { mode: 0o600 })
  const exported = await write(options, output, compressionOf(file), found && { found, part, takeOver })
  await sync(part)
  await rename(part, file)
  return exported
}

/** Exports a store to a stream, which is left open. */
export function exportToStream(options: ExportOptions, output: Writable, compression: Compression): Promise<Exported> {
  return write(options, output, compression, undefined)
}

interface Resumed {
  readonly found: Found
  readonly part: string
  readonly takeOver: (() => Promise<void>) | undefined
}

async function write(
  { store, clock, signal, told }: ExportOptions,
  output: Writable,
  compression: Compression,
  resumed: Resumed | undefined,
): Promise<Exported> {
  const { incarnation, format } = await store.transfer.state()
  const header = resumed?.found.header ?? {
    ...{ kind: 'header' as const, format: FILE_FORMAT, id: randomUUID() },
    ...{ exportedAt: new Date(clock.now()).toISOString(), store: { adapter: store.name, format, incarnation } },
  }
  if (header.store.incarnation !== incarnation) throw anotherStore(resumed?.part ?? '')
  let ended: End | undefined
  const hear = (totals: Totals, end?: End) => {
    ended = end ?? ended
    told?.(totals)
  }
  await using snapshot = await store.transfer.snapshot()
  const lines = inPieces(allLines(snapshot, header, resumed, hear))
  await pipeline(Readable.from(lines), compressor(compression), output, { signal, end: !isStandard(output) })
  if (ended === undefined) throw new PolisError('INTERNAL', 'An export without an end')
  return { header, totals: ended.totals, sha256: ended.sha256, resumed: resumed?.found.number ?? 0 }
}

async function* allLines(
  snapshot: Snapshot,
  header: Header,
  resumed: Resumed | undefined,
  hear: (totals: Totals, end?: End) => void,
): AsyncGenerator<string> {
  let begun: Begun = beginning()
  if (resumed === undefined) yield headerLine(header)
  else {
    yield* linesUpTo(read(resumed.part), resumed.found, (at) => {
      begun = at
    })
    await resumed.takeOver?.()
  }
  yield* exportLines(snapshot, begun, hear)
}

// Streams cost much a piece, and lines are short.
async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = ''
  for await (const line of lines) {
    piece += line
    if (piece.length < 64 * 1024) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function read(file: string) {
  return splitLines(decompressed(createReadStream(file)))
}

function isStandard(output: Writable): boolean {
  return 'fd' in output && (output.fd === 1 || output.fd === 2)
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function anotherStore(part: string): PolisError {
  return new PolisError('CONFLICT', `${part} is of another store: remove it, or export without --resume`)
}
