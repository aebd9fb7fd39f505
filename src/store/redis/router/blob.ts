import { createHash, randomUUID } from 'node:crypto'
import type { BlobPort } from '../../blob.ts'
import { plainOperation, readAll, readNothing } from '../operation.ts'
import { ofAll, type ShardStore, type Shards, shardAt, shardOf } from './shard-store.ts'

/** So many blobs are looked after at once. */
const AT_ONCE = 100

/** The blob port over all shards: each blob lives in the shard of its hash. What comes in pieces is gathered in another one first. */
export function createBlobs(shards: Shards): BlobPort {
  const of = (tenant: string, hash: string) => shardAt(shards, shardOf(shards, 'blob', tenant, hash)).blob
  return {
    put: async (tenant, bytes, info) => {
      if (bytes instanceof Uint8Array) {
        return of(tenant, createHash('sha256').update(bytes).digest('hex')).put(tenant, bytes, info)
      }
      const first = shardAt(shards, shardOf(shards, 'arriving', randomUUID())).blob
      const record = await first.put(tenant, bytes, info)
      const home = of(tenant, record.hash)
      // The first copy goes in a day, as all that nothing refers to.
      return home === first ? record : home.put(tenant, (await first.read(tenant, record.hash)) ?? bytes, info)
    },
    head: (tenant, hash) => of(tenant, hash).head(tenant, hash),
    read: (tenant, hash) => of(tenant, hash).read(tenant, hash),
  }
}

/** Says, where they lie, of blobs that no run of this shard refers to any more that they may be looked at. */
export async function tellFreed(shards: Shards, { shard }: ShardStore): Promise<void> {
  const names = await shard.write(plainOperation(['blobs-freed'], (answer) => readAll(answer, (name) => name.text())))
  await Promise.all(
    names.map((name) => {
      const at = name.indexOf(':')
      const home = shardAt(shards, shardOf(shards, 'blob', name.slice(0, at), name.slice(at + 1)))
      return home.shard.write(plainOperation(['blob-freed', name], readNothing))
    }),
  )
}

/** Removes blobs that no run of any shard refers to, a day after they were put. */
export async function expireBlobs(shards: Shards, { shard }: ShardStore, now: number): Promise<void> {
  const old = await shard.read(
    plainOperation(['blobs-old', now, AT_ONCE], (answer) => readAll(answer, (name) => name.text())),
  )
  for (const name of old) {
    const wanted = plainOperation(['blob-wanted', name], (answer) => answer.boolean())
    const isWanted = (await ofAll(shards, (each) => each.shard.read(wanted))).includes(true)
    await shard.write(plainOperation(['blob-judge', name, now, isWanted], (answer) => answer.boolean()))
  }
}
