import { randomUUID } from 'node:crypto'
import { manualClock } from '../../../src/core/manual-clock.ts'
import type { Opened } from '../../../src/store/conformance.ts'
import { type Library, readLibrary } from '../../../src/store/redis/library.ts'
import { openRedisStore } from '../../../src/store/redis/open.ts'
import type { Store } from '../../../src/store/store.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import type { RedisServer } from '../server/redis.ts'
import { libraryOfAnotherRelease, openTestLink } from './test-link.ts'

/** Where stores are kept: a server, or what asks the right one of a Cluster. */
export type Target = Pick<RedisServer, 'ask'> & { readonly port: Parameters<typeof openTestLink>[0] }

/** What a test has of a store in Redis. */
export interface Played extends Opened {
  /** The keys of its shards, without what they begin with. */
  keys(): Promise<readonly string[]>
  /** Asks Redis for what a command says of one of them. */
  ask(command: string, key: string, ...args: readonly (string | number)[]): Promise<string>
}

/**
 * For the conformance suite: several stores on keys of their own, each of which can be ended as the death of its process would. All but
 * the first have the Lua library of another release: what one keeps in Redis' memory of Lua must not be stale for the other.
 */
export async function openPlayed(redis: Target, shards = 1): Promise<Played> {
  const clock = manualClock()
  const prefix = randomUUID()
  const tags = Array.from({ length: shards }, (_, shard) => `{${prefix}:${shard}}:`)
  const held = new Map<Store, string[]>()
  const expire = async (worker: string) => {
    for (const tag of tags) await redis.ask('zadd', `${tag}wl`, 'xx', 1, worker)
  }
  const open = async (library: Library) => {
    const link = await openTestLink(redis.port, prefix, library)
    const options = { durability: 'process', clock, log: silentLog, sender: randomUUID(), heartbeat: 60_000 } as const
    const store = await openRedisStore({ ...options, link, shards, remembered: 0 })
    const workers: string[] = []
    const register: Store['coordination']['register'] = (worker, lost) => {
      workers.push(worker.worker)
      return store.coordination.register(worker, lost)
    }
    const played = { ...store, coordination: { ...store.coordination, register } }
    held.set(played, workers)
    return played
  }
  return {
    store: await open(readLibrary()),
    clock,
    ...(shards > 1 ? { several: true } : {}),
    ask: (command, key, ...args) => redis.ask(command, `${tags[0]}${key}`, ...args),
    reopen: () => open(libraryOfAnotherRelease()),
    kill: async (store) => {
      for (const worker of held.get(store) ?? []) await expire(worker)
    },
    expire: (_, worker) => expire(worker),
    keys: async () => {
      const printed = await redis.ask('keys', `{${prefix}:*`)
      return printed.split('\n').flatMap((key) => (key.includes('}:') ? [key.slice(key.indexOf('}:') + 2)] : []))
    },
  }
}
