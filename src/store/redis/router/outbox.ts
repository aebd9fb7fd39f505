/**
 * What a commit says to other shards.
 *
 * Role: carries out, there, what lies in the outbox of a shard here. Boundary: it knows packed operations, not what they do.
 * Invariants:
 * 1. What a commit says is in the outbox with the commit, or not at all.
 * 2. The items of an outbox are carried out in their order, and again from any of them: each counts once by its id.
 * 3. An item leaves the outbox once it is done. Whoever finds some there does them, whoever put them there.
 */
import type { Answer } from '../answer.ts'
import type { Parcel } from '../append.ts'
import { type Operation, plainOperation, readAll, readNothing } from '../operation.ts'
import { createPacker } from '../pack.ts'
import { type ShardStore, type Shards, shardAt } from './shard-store.ts'

/** The operation, packed for the way. */
export function parcel(shard: number, operation: Operation<unknown>): Parcel {
  const packer = createPacker()
  operation.pack(packer)
  return { shard, operation: packer.take() }
}

interface Item extends Parcel {
  readonly number: number
}

/** So many items are carried out together. */
const AT_ONCE = 100

/** Does what lies in the outbox of a shard; answers how many items that were. */
export async function emptyOutbox(shards: Shards, from: ShardStore): Promise<number> {
  let done = 0
  for (;;) {
    const items = await from.shard.read(plainOperation(['outbox', AT_ONCE], (answer) => readAll(answer, readItem)))
    const last = items.at(-1)
    if (last === undefined) return done
    // Operations of one turn reach a shard in their order; what is for different shards has none.
    await Promise.all(items.map((item) => shardAt(shards, item.shard).shard.write(packed(item.operation))))
    await from.shard.write(plainOperation(['sent', last.number], readNothing))
    done += items.length
    if (items.length < AT_ONCE) return done
  }
}

// What it answers there is nobody's any more.
function packed(bytes: Uint8Array): Operation<void> {
  return { pack: (out) => out.raw(bytes), read: readNothing }
}

function readItem(answer: Answer): Item {
  answer.array()
  return { number: answer.number(), shard: answer.number(), operation: answer.bytes() }
}
