import { randomUUID } from 'node:crypto'
import { PolisError } from '../../core/error.ts'
import { plainOperation, readNothing } from './operation.ts'
import type { Shard } from './shard.ts'

/** What a version knows of formats of the store in Redis. */
export interface Format {
  /** The one that it writes, from 1. */
  readonly newest: number
  /**
   * The oldest whose versions may work on a store of the newest, beside this version. A migration leaves it as it is when it adds nothing but
   * keys, fields and places in rows that they do not need.
   */
  readonly oldest: number
  /** What leads from each format to the next, the first from 1 to 2. */
  readonly migrations: readonly Migration[]
}

/**
 * Changes what is stored, in bounded pieces, while others read and write: Redis has no transaction over a whole store. It may be
 * done by several processes at once, and again after it was cut off.
 */
export type Migration = (shard: Pick<Shard, 'read' | 'write'>) => Promise<void>

/** The format of this version. */
const FORMAT: Format = { newest: 1, oldest: 1, migrations: [] }

/**
 * Makes a shard of an empty place, or brings it to this version's format.
 *
 * STORE_TOO_NEW for a store that this version must not work on, INVALID_CONFIG for one of another number of shards.
 */
export async function openFormat(shard: Shard, shards: number, format: Format = FORMAT): Promise<void> {
  const { newest, oldest, migrations } = format
  const found = await shard.write(
    plainOperation(['open', newest, oldest, randomUUID(), shards], (answer) => {
      answer.array()
      return { format: answer.number(), oldest: answer.number(), shards: answer.number() }
    }),
  )
  if (found.shards !== shards) {
    const told = `Expected a Redis store of ${shards} shards, as redis.shards says, got one of ${found.shards}`
    throw new PolisError('INVALID_CONFIG', `${told}: a store keeps its number, export it to change that`)
  }
  if (Math.min(found.format, found.oldest) > newest) {
    const told = `The Redis store has format ${found.format}, this version knows ${newest}`
    throw new PolisError('STORE_TOO_NEW', `${told}: use the version that wrote it, or a later one`)
  }
  for (let from = found.format; from < newest; from++) {
    await migrations[from - 1]?.(shard)
    await shard.write(plainOperation(['migrated', from, from + 1, oldest], readNothing))
  }
}
