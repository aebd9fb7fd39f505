import type { Duplex } from 'node:stream'
import { PassThrough, Readable } from 'node:stream'
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib'

/** How an export may be compressed. */
export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const
export type Compression = (typeof COMPRESSIONS)[number]

/** How a file of that name is compressed. */
export function compressionOf(file: string): Compression {
  if (file.endsWith('.gz')) return 'gzip'
  return file.endsWith('.zst') ? 'zstd' : 'none'
}

/** What compresses. */
export function compressor(compression: Compression): Duplex {
  return { none: () => new PassThrough(), gzip: createGzip, zstd: createZstdCompress }[compression]()
}

const MAGIC: readonly { readonly bytes: readonly number[]; readonly create: () => Duplex }[] = [
  { bytes: [0x1f, 0x8b], create: createGunzip },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], create: createZstdDecompress },
]

/** The bytes as they were before they were compressed, as their first ones tell. Where they are cut off or damaged they end. */
export async function* decompressed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  const { value: first, done } = await chunks.next()
  if (done === true) return
  const magic = MAGIC.find(({ bytes }) => bytes.every((byte, at) => first[at] === byte))
  const all = { [Symbol.asyncIterator]: () => ({ next: nextOf([first], chunks) }) }
  if (magic === undefined) return yield* all
  const plain = magic.create()
  Readable.from(all)
    .on('error', (reason) => plain.destroy(reason))
    .pipe(plain)
  try {
    for await (const chunk of plain) yield chunk
  } catch (reason) {
    if (!isOfZlib(reason)) throw reason
  }
}

function nextOf(first: Uint8Array[], rest: AsyncIterator<Uint8Array>): () => Promise<IteratorResult<Uint8Array>> {
  return async () => {
    const value = first.shift()
    return value === undefined ? rest.next() : { value, done: false }
  }
}

function isOfZlib(reason: unknown): boolean {
  return reason instanceof Error && 'code' in reason && /^(Z_|ZSTD_)/.test(String(reason.code))
}
