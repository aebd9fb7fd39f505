import { createHash, randomUUID } from 'node:crypto'
import type { BlobInfo, BlobPort, BlobRecord } from '../blob.ts'
import { chunksOf, readChunks } from '../chunk.ts'
import type { Process } from './process.ts'
import { type BlobRow, type BlobStatements, prepareBlobs } from './sql/blob.ts'

/**
 * The blob port: content-addressed bytes, in rows of at most 1 MiB.
 *
 * A blob that arrives is written chunk by chunk, each in a transaction of its own, under a content id that no hash names yet; what
 * a process left behind when it died looks like a blob that nothing refers to, and goes as one.
 */
export function createBlobPort({ database, write, read }: Pick<Process, 'database' | 'write' | 'read'>): BlobPort {
  const statements = prepareBlobs(database)
  return {
    put: async (tenant, bytes, info = {}) => {
      const content = `arriving-${randomUUID()}`
      await write((now) => void statements.insert.run(tenant, content, content, 0, null, null, now, 0))
      const hash = createHash('sha256')
      let size = 0
      let part = 0
      for await (const chunk of chunksOf(bytes)) {
        hash.update(chunk)
        size += chunk.byteLength
        const at = part++
        await write(() => void statements.insertChunk.run(tenant, content, at, chunk))
      }
      const arrived = { tenant, content, hash: hash.digest('hex'), size }
      return write((now) => settle(statements, arrived, info, now))
    },
    head: (tenant, hash) =>
      read(() => {
        const row = statements.get.get(tenant, hash)
        return row === undefined ? undefined : blobOf(row)
      }),
    read: (tenant, hash) =>
      read(() => {
        const row = statements.get.get(tenant, hash)
        const next = (part: number) => read(() => statements.chunk.get(tenant, row?.content ?? '', part)?.bytes)
        return row === undefined ? undefined : readChunks(row, next)
      }),
  }
}

interface Arrived {
  readonly tenant: string
  readonly content: string
  readonly hash: string
  readonly size: number
}

// Names what arrived by its hash; where the same bytes are there already, they become as young as if they were new.
function settle(
  statements: BlobStatements,
  { tenant, content, hash, size }: Arrived,
  info: BlobInfo,
  now: number,
): BlobRecord {
  const before = statements.get.get(tenant, hash)
  const name = info.name ?? before?.name ?? null
  const mediaType = info.mediaType ?? before?.mediaType ?? null
  statements.remove.run(tenant, content)
  if (before !== undefined) {
    statements.removeChunks.run(tenant, content)
    statements.renew.run(name, mediaType, now, tenant, hash)
  } else {
    const refs = statements.countRefs.get(tenant, hash)?.refs ?? 0
    statements.insert.run(tenant, hash, content, size, name, mediaType, now, refs)
  }
  return blobOf({ hash, size, name, mediaType, createdAt: now })
}

function blobOf({ hash, size, name, mediaType, createdAt }: Omit<BlobRow, 'content'>): BlobRecord {
  return {
    hash,
    size,
    createdAt,
    ...(name === null ? undefined : { name }),
    ...(mediaType === null ? undefined : { mediaType }),
  }
}
