import type { Entry, EntryKind } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { Answer } from './answer.ts'
import type { Packer } from './pack.ts'

/** Writes entries as journals keep them: each one line of text and the payload. Whose they are and where they stand, their place says. */
export function packEntries(out: Packer, entries: readonly Entry[]): void {
  out.array(entries.length)
  for (const { version, kind, epoch, time, blob = '-', release, payload } of entries) {
    out.joined(`${version} ${kind} ${epoch} ${time} ${blob} ${release}\n`, payload)
  }
}

const NEWLINE = 10

/** Reads one entry of a run's journal, by its place in it. */
export function readEntry(answer: Answer, tenant: string, run: string, sequence: number): Entry {
  const bytes = answer.bytes()
  const end = bytes.indexOf(NEWLINE)
  const [version, kind, epoch, time, blob, ...release] = Buffer.from(bytes.buffer, 0, Math.max(end, 0))
    .toString('latin1')
    .split(' ')
  if (end < 0 || kind === undefined || release.length === 0) {
    throw new PolisError(
      'STORE_CORRUPT',
      `Entry ${sequence} of run ${run} has no head: restore the store from a backup`,
    )
  }
  return {
    version: Number(version),
    tenant,
    run,
    sequence,
    epoch: Number(epoch),
    // Written by packEntries.
    kind: kind as EntryKind,
    time: Number(time),
    release: release.join(' '),
    payload: bytes.slice(end + 1),
    ...(blob === undefined || blob === '-' ? undefined : { blob }),
  }
}

/** Why entries do not follow one another as those of one run do (G4); undefined when they do. */
export function disorderOf(
  entries: readonly Entry[],
  owner: { readonly tenant: string; readonly run: string },
  first: number,
): string | undefined {
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]
    if (entry === undefined) continue
    const { tenant, run, sequence } = entry
    if (tenant === owner.tenant && run === owner.run && sequence === first + index) continue
    const expected = `entry ${first + index} of run ${owner.run} of tenant ${owner.tenant}`
    return `Expected ${expected}, got entry ${sequence} of run ${run} of tenant ${tenant}`
  }
  return undefined
}

/** The payload bytes of the entries. */
export function bytesOf(entries: readonly Entry[]): number {
  let bytes = 0
  for (const { payload } of entries) bytes += payload.byteLength
  return bytes
}

/** Hashes of blobs that entries lie in, and those named besides; undefined when there are none. */
export function blobsOf(entries: readonly Entry[], named?: readonly string[]): readonly string[] | undefined {
  if (named === undefined && !entries.some(({ blob }) => blob !== undefined)) return undefined
  const blobs = new Set(named)
  for (const { blob } of entries) if (blob !== undefined) blobs.add(blob)
  return blobs.size === 0 ? undefined : [...blobs]
}
