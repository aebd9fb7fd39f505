import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { z } from 'zod'
import { PolisError } from '../../../core/error.ts'
import { readTar } from './tar.ts'

/** What an image is made of. */
export interface ImageContent {
  /** Of its manifest: under which a registry has it. */
  readonly digest: string
  /** Of everything in it, uncompressed, in bytes. */
  readonly size: number
  /** Whom it runs as; empty for root. */
  readonly user: string
  readonly architecture: string
  /** Files that say what it contains, by path. */
  readonly files: ReadonlyMap<string, Buffer>
}

const DESCRIPTOR = z.object({ digest: z.string(), mediaType: z.string().optional() })
const INDEX = z.object({ manifests: z.array(DESCRIPTOR).min(1) })
const MANIFEST = z.object({ config: DESCRIPTOR, layers: z.array(DESCRIPTOR) })
const CONFIG = z.object({ architecture: z.string(), config: z.object({ User: z.string().optional() }) })

/** Documents of an archive are small, layers seldom are. */
const LARGEST_DOCUMENT = 4 * 1024 * 1024

/**
 * Reads an image from an OCI archive: every layer is looked through, so that what is said of it is true of the image, not of what it was
 * made from.
 *
 * Rejects with BUILD_FAILED where the archive is none.
 */
export async function readArchive(file: string): Promise<ImageContent> {
  const blobs = new Map<
    string,
    { readonly offset: number; readonly size: number; readonly content: Buffer | undefined }
  >()
  for await (const { name, ...blob } of readTar(createReadStream(file), (_, size) => size < LARGEST_DOCUMENT))
    blobs.set(name, blob)
  const document = <T>(schema: z.ZodType<T>, path: string): T => {
    const parsed = schema.safeParse(JSON.parse(blobs.get(path)?.content?.toString('utf8') ?? 'null'))
    if (parsed.success) return parsed.data
    throw new PolisError('BUILD_FAILED', `${path} in ${file} is not what an OCI archive has: ${parsed.error.message}`)
  }
  const [entry] = document(INDEX, 'index.json').manifests
  const digest = entry?.digest ?? ''
  const manifest = document(MANIFEST, blobPath(digest))
  const { architecture, config } = document(CONFIG, blobPath(manifest.config.digest))
  const files = new Map<string, Buffer>()
  let size = 0
  for (const layer of manifest.layers) {
    const at = blobs.get(blobPath(layer.digest))
    if (at !== undefined) size += await readLayer(file, at, files)
  }
  return { digest, size, user: config.User ?? '', architecture, files }
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

async function readLayer(
  file: string,
  { offset, size }: { readonly offset: number; readonly size: number },
  files: Map<string, Buffer>,
): Promise<number> {
  let total = 0
  const stream = createReadStream(file, { start: offset, end: offset + size - 1 })
  const plain = await decompressed(stream, file, offset)
  for await (const entry of readTar(plain, tells)) {
    total += entry.size
    // A copy: the slice would keep the chunk that it is in.
    if (entry.content !== undefined) files.set(entry.name, Buffer.from(entry.content))
  }
  return total
}

/** Whether a file says what the image contains: packages of npm and of Debian, the system, and Node. */
function tells(name: string): boolean {
  return (
    /(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(name) ||
    /^app\/package\.json$/.test(name) ||
    /(^|\/)node_modules\/\.package-lock\.json$/.test(name) ||
    /^var\/lib\/dpkg\/status(\.d\/[^/]+)?$/.test(name) ||
    /^(etc|usr\/lib)\/os-release$/.test(name) ||
    name === 'etc/node-release'
  )
}

async function decompressed(
  stream: NodeJS.ReadableStream,
  file: string,
  offset: number,
): Promise<AsyncIterable<Buffer>> {
  const magic = Buffer.alloc(4)
  for await (const chunk of createReadStream(file, { start: offset, end: offset + 3 })) magic.set(chunk as Buffer)
  const unpack =
    magic.readUInt16BE() === 0x1f8b
      ? createGunzip()
      : magic.readUInt32BE() === 0x28b52ffd
        ? createZstdDecompress()
        : undefined
  // A failure of the one is a failure of the other, which whoever reads sees.
  return unpack === undefined ? (stream as AsyncIterable<Buffer>) : pipeline(stream, unpack, () => {})
}
