import { PolisError } from '../../../core/error.ts'
import type { Dumped, Part, TransferPort } from '../../transfer.ts'
import { createBlobs } from './blob.ts'
import type { Router } from './journal.ts'
import { ofAll, type Shards, shardAt } from './shard-store.ts'

/** The transfer port over all shards: they are paused and dumped one after another. What was exported is imported into one shard alone. */
export function createTransfer({ shards, locator }: Router): TransferPort {
  const refuse = () =>
    Promise.reject(
      new PolisError(
        'INVALID_CONFIG',
        'Expected a store of one shard to import into (redis.shards=1), got one of several',
      ),
    )
  const dump: TransferPort['dump'] = (part, after, limit) => dumpFrom(shards, part, after, limit)
  return {
    state: () => shardAt(shards, 0).transfer.state(),
    pause: async (reason) => void (await ofAll(shards, ({ transfer }) => transfer.pause(reason))),
    resume: async () => void (await ofAll(shards, ({ transfer }) => transfer.resume())),
    snapshot: async () => ({
      journal: {
        read: async (tenant, run, after, limit) =>
          (await locator.find(tenant, run)).journal.read(tenant, run, after, limit),
      },
      blob: createBlobs(shards),
      dump,
      [Symbol.asyncDispose]: async () => {},
    }),
    dump,
    begin: refuse,
    restore: refuse,
    finish: refuse,
  }
}

// A place is the number of a shard and the place in it.
async function dumpFrom(shards: Shards, part: Part, after: string | undefined, limit: number): Promise<Dumped> {
  const at = after?.indexOf(' ') ?? -1
  const number = after === undefined ? 0 : Number(after.slice(0, at))
  const inner = after === undefined || at === after.length - 1 ? undefined : after.slice(at + 1)
  const { rows, next } = await shardAt(shards, number).transfer.dump(part, inner, limit)
  if (next !== undefined) return { rows, next: `${number} ${next}` }
  return number + 1 < shards.length ? { rows, next: `${number + 1} ` } : { rows }
}
