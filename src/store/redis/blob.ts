import { createHash, randomUUID } from 'node:crypto'
import { PolisError } from '../../core/error.ts'
import type { BlobInfo, BlobPort, BlobRecord } from '../blob.ts'
import { chunksOf, readChunks } from '../chunk.ts'
import type { Answer } from './answer.ts'
import { plainOperation } from './operation.ts'
import type { Shard } from './shard.ts'

const NOTHING = new Uint8Array(0)

/**
 * The blob port: content-addressed bytes, in pieces of at most 1 MiB.
 *
 * A blob arrives piece by piece under a name of its own, the last piece together with its hash: a small one is one operation. What a
 * process left behind when it died goes as a blob that nothing refers to.
 */
export function createBlobPort({ read, write }: Shard): BlobPort {
  const head = (tenant: string, hash: string) =>
    read(plainOperation(['blob', tenant, hash], (answer) => readBlob(answer, hash)))
  return {
    put: async (tenant, bytes, info = {}) => {
      const name = `arriving-${randomUUID()}`
      try {
        return await arrive(write, { tenant, name }, bytes, info)
      } catch (reason) {
        // Why it failed matters more than whether its pieces go at once: in a day they do anyway.
        await write(plainOperation(['blob-drop', tenant, name], (answer) => answer.boolean())).catch(() => false)
        throw reason
      }
    },
    head,
    read: async (tenant, hash) => {
      const record = await head(tenant, hash)
      const next = (part: number) => read(plainOperation(['blob-bytes', tenant, hash, part], readPiece))
      return record === undefined ? undefined : readChunks(record, next)
    },
  }
}

async function arrive(
  write: Shard['write'],
  { tenant, name }: { readonly tenant: string; readonly name: string },
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  info: BlobInfo,
): Promise<BlobRecord> {
  const hash = createHash('sha256')
  let [size, parts] = [0, 0]
  let last: Uint8Array = NOTHING
  for await (const chunk of chunksOf(bytes)) {
    if (last.byteLength > 0) {
      const piece = ['blob-piece', tenant, name, parts++, last]
      if (!(await write(plainOperation(piece, (answer) => answer.boolean())))) throw interrupted()
    }
    hash.update(chunk)
    size += chunk.byteLength
    last = chunk
  }
  const digest = hash.digest('hex')
  const whole = ['blob-settle', tenant, name, parts, last, digest, size, info.name, info.mediaType]
  const record = await write(plainOperation(whole, (answer) => readBlob(answer, digest)))
  if (record === undefined) throw interrupted()
  return record
}

function interrupted(): PolisError {
  return new PolisError('CONFLICT', 'Pieces of a blob were removed before its last one arrived: put it again')
}

// In the order of the library's BLOB_FIELDS. One that runs refer to and nobody put has none of them.
function readBlob(answer: Answer, hash: string): BlobRecord | undefined {
  if (answer.kind() !== 'array') return void answer.skip()
  answer.array()
  const [createdAt, size] = [answer.maybeText(), answer.maybeText()]
  const [name, mediaType] = [answer.maybeText(), answer.maybeText()]
  if (createdAt === undefined) return undefined
  return {
    ...{ hash, size: Number(size), createdAt: Number(createdAt) },
    ...(name === undefined ? {} : { name }),
    ...(mediaType === undefined ? {} : { mediaType }),
  }
}

function readPiece(answer: Answer): Uint8Array | undefined {
  return answer.kind() === 'text' ? answer.bytes() : void answer.skip()
}
