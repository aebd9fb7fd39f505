import { join } from 'node:path'
import { systemClock } from '../src/core/clock.ts'
import { systemRandom } from '../src/core/random.ts'
import { readLibrary } from '../src/store/redis/library.ts'
import { openLink } from '../src/store/redis/link/open.ts'
import { openRedisStore } from '../src/store/redis/open.ts'
import { openSqliteStore } from '../src/store/sqlite/open.ts'
import type { LocalDurability, Store } from '../src/store/store.ts'
import { createLog } from '../src/telemetry/log.ts'
import type { StoreName } from './store.ts'

/** Opens a store by itself: at a port of this machine, or in a folder. */
export async function openStore(
  name: StoreName,
  place: string,
  durability: LocalDurability = 'process',
): Promise<Store> {
  const clock = systemClock()
  const log = createLog({ level: 'warn', format: 'pretty' })
  if (name === 'sqlite') return openSqliteStore({ path: join(place, 'store.db'), durability, clock, log })
  const link = await openLink({
    place: { kind: 'standalone', address: { host: '127.0.0.1', port: Number(place) } },
    ...{ login: {}, kept: { kind: durability }, library: readLibrary(), prefix: 'polis' },
    ...{ clock, random: systemRandom(), log },
  })
  return openRedisStore({ link, durability, clock, log, sender: 'bench', heartbeat: 15_000 })
}
