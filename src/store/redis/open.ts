import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Log } from '../../telemetry/log.ts'
import { type Metrics, silentMetrics } from '../../telemetry/metrics-port.ts'
import type { Durability, Store } from '../store.ts'
import { openFormat } from './format.ts'
import type { Link } from './link.ts'
import { portsOf } from './ports.ts'
import { getOperation } from './record.ts'
import { routedPorts } from './router/ports.ts'
import { createShard } from './shard.ts'
import { addUsage, readUsage } from './usage.ts'
import { createWorkers } from './worker.ts'

/** What a Redis store is opened with. */
export interface RedisStoreOptions {
  /** It is closed with the store. */
  readonly link: Link
  /** What the link waits for. */
  readonly durability: Durability
  /** Into how many parts it is split, which never changes: one for one primary, several for a Cluster. */
  readonly shards?: number
  /** One that follows Redis' time, so that machines agree. */
  readonly clock: Clock
  readonly log: Log
  readonly metrics?: Metrics
  /** Names this process among those that have the store open. */
  readonly sender: string
  /** Leases of workers are renewed every third of it, and end after one and a half (ms). */
  readonly heartbeat: number
  /** Of so many runs this process remembers the shard; 0 for tests that use an id again. */
  readonly remembered?: number
}

/** Opens the store. */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { link, durability, shards: count = 1 } = options
  const parts = Array.from({ length: count }, (_, number) => openPart(options, number, count > 1))
  const [first] = parts
  if (first === undefined) throw new PolisError('INVALID_ARGUMENT', `Expected at least one shard, got ${count}`)
  try {
    for (const { shard } of parts) await openFormat(shard, count)
  } catch (reason) {
    await Promise.all(parts.map(({ shard }) => shard.stop()))
    await link.close()
    throw reason
  }
  const router = count > 1 ? routedPorts(parts, options) : undefined
  const close = onlyOnce(async () => {
    try {
      await Promise.all(parts.map(({ workers }) => workers.releaseAll()))
    } finally {
      router?.stop()
      await Promise.all(parts.map(({ shard }) => shard.stop()))
      await link.close()
    }
  })
  return {
    name: 'redis',
    durability,
    ...(router?.ports ?? first.ports),
    fill: () => link.fill(),
    usage: async () => addUsage(await Promise.all(parts.map(({ shard }) => readUsage(shard)))),
    ping: async () => {
      await Promise.all(parts.map(({ shard }) => shard.read(getOperation('', ''))))
      await link.ping()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function openPart(options: RedisStoreOptions, number: number, isOneOfSeveral: boolean) {
  const shard = createShard({ ...options, metrics: options.metrics ?? silentMetrics, number })
  const workers = createWorkers(shard, options)
  return { shard, workers, ports: portsOf(shard, workers, () => options.clock.now(), isOneOfSeveral) }
}

function onlyOnce(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}
