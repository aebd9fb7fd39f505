/**
 * Idempotency keys over shards (G1).
 *
 * Role: decides whether a submit may go to the shard of its run. Boundary: that shard tells by itself a retry from a new run.
 * Invariants:
 * 1. One input has a key at a time: the key's shard says which, and in which shard its run is. The same input always has the same shard.
 * 2. Another input gets the key only once the shard of the first one knows no run of it and will take none any more.
 */

import type { Submit, SubmitOutcome } from '../../journal.ts'
import type { Answer } from '../answer.ts'
import { plainOperation } from '../operation.ts'
import { type ShardStore, type Shards, shardAt, shardOf } from './shard-store.ts'

/** How long a key that was taken from a submit that never came is barred for that one (ms). */
const BARRED = 24 * 60 * 60 * 1000
/** Keys that nobody asked for in this time are looked after (ms): a key lives for seven days after its run. */
const FORGOTTEN = 8 * 24 * 60 * 60 * 1000
/** So many are looked after at once. */
const AT_ONCE = 100

/** What came of it: the submit may go with this turn of its key, or what it is answered where another input has the key. */
export type Taken = { readonly turn: number | undefined } | { readonly refusal: SubmitOutcome }

/** Takes the key of a submit for it. */
export async function takeKey(
  shards: Shards,
  { record: { tenant, agent }, key }: Submit,
  place: number,
  now: number,
): Promise<Taken> {
  if (key === undefined) return { turn: undefined }
  const keeper = shardAt(shards, shardOf(shards, 'key', tenant, agent, key.key)).shard
  const name = [tenant, agent, key.key]
  for (;;) {
    const holder = await keeper.write(plainOperation(['key-take', ...name, key.inputHash, place], readHolder))
    if (holder.hash === key.inputHash) return { turn: holder.turn }
    const bar = ['key-bar', ...name, holder.turn + 1, now + BARRED]
    const run = await shardAt(shards, holder.shard).shard.write(plainOperation(bar, (answer) => answer.maybeText()))
    if (run !== undefined) return { refusal: { kind: 'key-conflict', run } }
    const move = ['key-move', ...name, holder.turn, key.inputHash, place]
    if (await keeper.write(plainOperation(move, (answer) => answer.boolean()))) return { turn: holder.turn + 1 }
  }
}

function readHolder(answer: Answer) {
  answer.array()
  return { hash: answer.text(), shard: answer.number(), turn: answer.number() }
}

/** Forgets keys whose runs' shards know them no more. */
export async function expireKeys(shards: Shards, { shard }: ShardStore, now: number): Promise<void> {
  const before = now - FORGOTTEN
  const found = await shard.read(
    plainOperation(['keys-taken', before, AT_ONCE], (answer) =>
      Array.from({ length: answer.array() }, () => {
        answer.array()
        return { name: answer.text(), place: answer.maybeNumber() }
      }),
    ),
  )
  for (const { name, place } of found) {
    const ask = plainOperation(['key-known', name], (answer) => answer.boolean())
    const isKnown = place !== undefined && (await shardAt(shards, place).shard.read(ask))
    await shard.write(plainOperation(['key-judge', name, before, isKnown], (answer) => answer.boolean()))
  }
}
