import type { Store } from '../../store.ts'
import type { Shard } from '../shard.ts'

/** One shard of several: a whole small store, and the operations that the others need of it. */
export interface ShardStore extends Pick<Store, 'journal' | 'index' | 'coordination' | 'blob' | 'transfer'> {
  readonly shard: Pick<Shard, 'number' | 'read' | 'write'>
}

/** All shards of a store, in the order of their numbers. */
export type Shards = readonly ShardStore[]

/** The shard of that number. */
export function shardAt(shards: Shards, number: number): ShardStore {
  const shard = shards[number]
  if (shard === undefined) throw new Error(`There is no shard ${number} of ${shards.length}`)
  return shard
}

/** Asks all shards at once. */
export function ofAll<T>(shards: Shards, ask: (shard: ShardStore) => Promise<T>): Promise<T[]> {
  return Promise.all(shards.map(ask))
}

/** The number of the shard where something lives: the same for the same words, whoever asks (FNV-1a, 32 bits). */
export function shardOf(shards: Shards, ...words: readonly string[]): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(words.join('\n'))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return ((hash ^ (hash >>> 15)) >>> 0) % shards.length
}
