import { PolisError } from '../core/error.ts'
import type { BlobRecord } from './blob.ts'

const CHUNK = 1024 * 1024

/** The bytes in chunks of 1 MiB, the last one shorter; never more than two chunks are held. */
export async function* chunksOf(bytes: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (bytes instanceof Uint8Array) {
    for (let at = 0; at < bytes.byteLength; at += CHUNK) yield bytes.subarray(at, at + CHUNK)
    return
  }
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const bytesOfPiece of bytes) {
    for (let piece = bytesOfPiece; piece.byteLength > 0; ) {
      const taken = piece.subarray(0, CHUNK - length)
      pieces.push(new Uint8Array(taken))
      length += taken.byteLength
      piece = piece.subarray(taken.byteLength)
      if (length < CHUNK) continue
      yield Buffer.concat(pieces)
      pieces = []
      length = 0
    }
  }
  if (length > 0) yield Buffer.concat(pieces)
}

/** The chunks of a blob, read one at a time, so that no read outlives its chunk. NOT_FOUND where it is removed meanwhile. */
export async function* readChunks(
  { hash, size }: Pick<BlobRecord, 'hash' | 'size'>,
  next: (part: number) => Promise<Uint8Array | undefined>,
): AsyncGenerator<Uint8Array> {
  let given = 0
  for (let part = 0; given < size; part++) {
    const bytes = await next(part)
    if (bytes === undefined) throw new PolisError('NOT_FOUND', `Blob ${hash} was removed while it was read`)
    given += bytes.byteLength
    yield bytes
  }
}
