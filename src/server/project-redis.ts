import type { Clock } from '../core/clock.ts'
import { monotonicClock } from '../core/monotonic-clock.ts'
import { systemRandom } from '../core/random.ts'
import type { Settings } from '../core/settings.ts'
import { readLibrary } from '../store/redis/library.ts'
import { openLink } from '../store/redis/link/open.ts'
import type { Link } from '../store/redis/link.ts'
import { openRedisStore } from '../store/redis/open.ts'
import { createStoreClock } from '../store/redis/store-clock.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'
import { redisOptions } from './redis-options.ts'

/** An open store in Redis, with the clock that follows Redis' and the connections under it. */
export interface ProjectRedis {
  readonly store: Store
  readonly clock: Clock
  readonly link: Link
}

/** Opens the Redis store that the settings name. Rejects as `openLink` does. */
export async function openProjectRedis(
  dir: string,
  settings: Settings,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): Promise<ProjectRedis> {
  await using opened = new AsyncDisposableStack()
  const random = systemRandom()
  const machine = monotonicClock()
  const options = redisOptions(dir, settings)
  const link = await openLink({ ...options, clock: machine, random, log, library: readLibrary() })
  opened.defer(link.close)
  const clock = await createStoreClock(link, machine)
  opened.defer(clock.close)
  const store = await openRedisStore({
    ...{ link, durability: options.kept.kind, clock, log, metrics },
    sender: Buffer.from(random.bytes(8)).toString('hex'),
    heartbeat: settings['agent.heartbeat_interval'] * 1000,
    shards: settings['redis.shards'] || 1,
  })
  // What it is closed with from now on: the store closes its link.
  opened.move()
  const close = () => store.close().finally(clock.close)
  return { store: { ...store, close, [Symbol.asyncDispose]: close }, clock, link }
}
