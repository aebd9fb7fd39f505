import { basename, join } from 'node:path'
import type { LocalDurability } from '../../src/store/store.ts'
import { startRedis } from '../redis/server/redis.ts'
import type { Place } from './place.ts'

/** Where the cases of a suite have their stores. */
export interface Venue extends AsyncDisposable {
  /** Of the workers, in milliseconds. */
  readonly heartbeat: number
  /** A place for the store of one case, which may keep files in the folder. */
  placeIn(folder: string, durability: LocalDurability): Place
}

/** A file of its own for each store. */
export function sqliteVenue(): Venue {
  return {
    heartbeat: 1000,
    placeIn: (folder, durability) => ({ kind: 'sqlite', path: join(folder, 'store.db'), durability }),
    async [Symbol.asyncDispose]() {},
  }
}

/** One server for all stores of a durability, each under keys of its own. */
export async function redisVenue(): Promise<Venue> {
  await using stack = new AsyncDisposableStack()
  const servers = {
    process: stack.use(await startRedis({ durability: 'process' })),
    disk: stack.use(await startRedis({ durability: 'disk' })),
  }
  const ending = stack.move()
  return {
    heartbeat: 200,
    placeIn(folder, durability) {
      const address = { host: '127.0.0.1', port: servers[durability].port }
      // The folder's name is no other case's.
      return {
        kind: 'redis',
        at: { kind: 'standalone', address },
        prefix: basename(folder),
        kept: { kind: durability },
      }
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  }
}
