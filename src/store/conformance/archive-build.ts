import { createHash } from 'node:crypto'
import type { Entry } from '../../core/entry.ts'
import type { Archive, ArchivedRun, RunContent } from '../archive.ts'
import { NO_COST } from '../cost.ts'
import { anEntry, aSubmit } from './build.ts'

/** What may differ from run to run. */
interface Options extends Partial<Omit<ArchivedRun, 'record' | 'sessions'>> {
  readonly record?: Partial<ArchivedRun['record']>
  readonly entries?: readonly Entry[]
  /** Which began at 50. */
  readonly sessions?: readonly string[]
  readonly sessionRefs?: ArchivedRun['sessions']
}

/** Keeps a run with one entry, unless told otherwise. */
export async function keep(archive: Archive, run: string, options: Options = {}, blobs: readonly Uint8Array[] = []) {
  const archived = aRun(run, options)
  await archive.put(archived, contentOf(options.entries ?? [anEntry(run, 1)], blobs))
  return archived
}

/** An ended run as it is kept. */
export function aRun(
  run: string,
  { record, entries = [anEntry(run, 1)], sessions = [], sessionRefs, ...rest }: Options = {},
): ArchivedRun {
  const ended = aSubmit(run, { entries, record: { status: 'completed', endedAt: 2_000, ...record } }).record
  const known = { archivedAt: 3_000, store: 'inc-1', blobs: [], turns: [], cost: NO_COST, above: [] }
  const refs = sessions.map((session) => ({ tenant: 't1', session, createdAt: 50 }))
  return { record: ended, ...known, sessions: sessionRefs ?? refs, ...rest }
}

/** The entries, and the blobs by their hash. */
export function contentOf(entries: readonly Entry[], blobs: readonly Uint8Array[] = []): RunContent {
  return {
    async *entries() {
      yield entries
    },
    blob: async (hash) => {
      const found = blobs.find((blob) => hashOf(blob) === hash)
      if (found === undefined) throw new Error('no such blob')
      const record = { hash, size: found.byteLength, createdAt: 7, name: 'a.txt', mediaType: 'text/plain' }
      return { record, bytes: streamOf(found) }
    },
  }
}

async function* streamOf(whole: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.byteLength; at += 700_001) yield whole.subarray(at, at + 700_001)
}

/** The name of a blob. */
export function hashOf(whole: Uint8Array): string {
  return createHash('sha256').update(whole).digest('hex')
}

/** A stream in one piece. */
export async function gather(stream: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array | undefined> {
  return stream === undefined ? undefined : new Uint8Array(Buffer.concat(await Array.fromAsync(stream)))
}
