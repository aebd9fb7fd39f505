import {
  type DecodedEntry,
  ENTRY_VERSION,
  type Entry,
  type EntryBodies,
  type EntryKind,
  INLINE_LIMIT,
} from '../core/entry.ts'
import { PolisError } from '../core/error.ts'
import { decode, encode } from '../core/json.ts'
import type { BlobPort } from '../store/blob.ts'

/** Whose entries are being written, and on which release. */
export interface EntryAuthor {
  readonly tenant: string
  readonly run: string
  readonly epoch: number
  readonly release: string
}

/** The entry that says `body`; INVALID_ARGUMENT when the body cannot be stored. */
export function toEntry<K extends EntryKind>(
  author: EntryAuthor,
  sequence: number,
  time: number,
  kind: K,
  body: EntryBodies[K],
): Entry {
  const { tenant, run, epoch, release } = author
  return { version: ENTRY_VERSION, tenant, run, sequence, epoch, kind, time, release, payload: encode(body) }
}

/** Moves payloads over the inline limit into blobs; answers the entries as they are to be appended. */
export async function spill(blob: BlobPort, entries: readonly Entry[]): Promise<readonly Entry[]> {
  return Promise.all(
    entries.map(async (entry) => {
      if (entry.payload.byteLength <= INLINE_LIMIT) return entry
      const { hash } = await blob.put(entry.tenant, entry.payload, { mediaType: 'application/json' })
      return { ...entry, payload: new Uint8Array(0), blob: hash }
    }),
  )
}

/** True when some payload must go into a blob before it is appended. */
export function mustSpill(entries: readonly Entry[]): boolean {
  return entries.some((entry) => entry.payload.byteLength > INLINE_LIMIT)
}

/** Reads what an entry says, from its blob where it lies in one. */
export async function decodeEntry(blob: BlobPort, entry: Entry): Promise<DecodedEntry> {
  if (entry.version > ENTRY_VERSION) {
    throw new PolisError(
      'STORE_TOO_NEW',
      `Entry ${entry.sequence} of ${entry.run} has version ${entry.version}, this release reads up to ${ENTRY_VERSION}: run a newer release`,
    )
  }
  const bytes = entry.blob === undefined ? entry.payload : await readBlob(blob, entry)
  const { version, tenant, run, sequence, epoch, kind, time, release } = entry
  const data = decode(bytes) ?? {}
  // The kind in the header says what the payload is; whoever wrote the header wrote the payload.
  return { version, tenant, run, sequence, epoch, kind, time, release, data } as DecodedEntry
}

async function readBlob(blob: BlobPort, entry: Entry): Promise<Uint8Array> {
  const chunks = await blob.read(entry.tenant, entry.blob ?? '')
  if (chunks === undefined) {
    throw new PolisError(
      'STORE_CORRUPT',
      `Entry ${entry.sequence} of ${entry.run} refers to blob ${entry.blob}, which is not in the store`,
    )
  }
  return Buffer.concat(await Array.fromAsync(chunks))
}
