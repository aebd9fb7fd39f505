import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { systemRandom } from '../../src/core/random.ts'
import { readLibrary } from '../../src/store/redis/library.ts'
import { openLink } from '../../src/store/redis/link/open.ts'
import type { LinkOptions } from '../../src/store/redis/link/options.ts'
import { openRedisStore } from '../../src/store/redis/open.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { LocalDurability, Store } from '../../src/store/store.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'

/** Where a store is, and what an acknowledgement of it is worth. */
export type Place =
  | { readonly kind: 'sqlite'; readonly path: string; readonly durability: LocalDurability }
  | ({ readonly kind: 'redis'; readonly at: LinkOptions['place'] } & Pick<LinkOptions, 'prefix' | 'kept'>)

/** What it is opened with. */
export interface OpenOptions {
  readonly clock: Clock
  /** Milliseconds. */
  readonly heartbeat: number
  readonly metrics?: Metrics
}

/** Opens the store that is there, as a worker or to look into it. */
export function openPlace(place: Place, { clock, heartbeat, metrics }: OpenOptions): Promise<Store> {
  const options = { clock, log: silentLog, ...(metrics === undefined ? {} : { metrics }) }
  if (place.kind === 'redis') return openRedis(place, { ...options, heartbeat })
  const { path, durability } = place
  return openSqliteStore({ path, durability, ...options })
}

async function openRedis(
  { at, prefix, kept }: Extract<Place, { kind: 'redis' }>,
  options: Omit<Parameters<typeof openRedisStore>[0], 'link' | 'durability' | 'sender'>,
): Promise<Store> {
  const link = await openLink({
    ...{ place: at, prefix, kept, login: {}, library: readLibrary() },
    // Not the store's, which kills when it is read.
    ...{ clock: systemClock(), random: systemRandom(), log: options.log },
    // A half-open connection is noticed within some heartbeats.
    timeout: 5 * options.heartbeat,
  })
  return openRedisStore({ ...options, link, durability: kept.kind, sender: randomUUID() })
}
