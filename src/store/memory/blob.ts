import { createHash } from 'node:crypto'
import type { BlobInfo, BlobRecord } from '../blob.ts'
import type { MemoryState } from './state.ts'
import { keyOf } from './table.ts'

const CHUNK = 1024 * 1024

/** The bytes in one piece. */
export async function gather(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return new Uint8Array(bytes)
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(new Uint8Array(chunk))
  return new Uint8Array(Buffer.concat(chunks))
}

/** Keeps the bytes under their hash. Put again, they are as young as if they were new. */
export function putBlob(
  state: MemoryState,
  tenant: string,
  bytes: Uint8Array,
  info: BlobInfo,
  now: number,
): BlobRecord {
  const hash = createHash('sha256').update(bytes).digest('hex')
  const before = state.blobs.get(keyOf(tenant, hash))?.record
  const { name, mediaType } = { ...before, ...info }
  const record = {
    hash,
    size: bytes.byteLength,
    createdAt: now,
    ...(name === undefined ? {} : { name }),
    ...(mediaType === undefined ? {} : { mediaType }),
  }
  state.blobs.set(keyOf(tenant, hash), { tenant, record, bytes })
  return record
}

/** The bytes in chunks of at most 1 MiB. */
export function readBlob(state: MemoryState, tenant: string, hash: string): AsyncIterable<Uint8Array> | undefined {
  const bytes = state.blobs.get(keyOf(tenant, hash))?.bytes
  return bytes === undefined ? undefined : chunksOf(bytes)
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK) yield bytes.slice(at, at + CHUNK)
}
