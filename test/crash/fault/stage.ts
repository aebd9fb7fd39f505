import { type RedisCluster, startCluster } from '../../redis/server/cluster.ts'
import { layNetwork, type Network } from '../../redis/server/network.ts'
import { type RedisServer, startRedis } from '../../redis/server/redis.ts'
import { type Replicated, startReplicated } from '../../redis/server/replicated.ts'
import type { Place } from '../place.ts'
import type { FaultPlan } from './plan.ts'

/** The servers of a case, and how its workers reach them. */
export interface Stage {
  /** How a worker reaches the store; undefined for whoever looks on. */
  placeOf(worker: number | undefined): Place
  /** What the command line of a worker begins with. */
  wrapperOf(worker: number): readonly string[]
  /** What there is for a fault to be done to. */
  readonly props: Props
}

export type Props =
  | { readonly kind: 'redis'; readonly redis: RedisServer }
  | { readonly kind: 'replicated'; readonly replicated: Replicated }
  | { readonly kind: 'cluster'; readonly cluster: RedisCluster /** Of the store. */; readonly key: string }
  | { readonly kind: 'networks'; readonly networks: readonly Network[] }

const PREFIX = 'polis'
const HERE = '127.0.0.1'
const CONFIRMING = ['min-replicas-to-write 1', 'min-replicas-max-lag 10']

/** Starts what a plan needs; everything ends with the stack. */
export async function setStage({ fault, workers }: FaultPlan, stack: AsyncDisposableStack): Promise<Stage> {
  if (fault === 'primary-killed') return replicatedStage(stack)
  if (fault === 'cluster-primary-killed') return clusterStage(stack)
  if (fault === 'link-cut') return networkStage(workers, stack)
  const redis = stack.use(await startRedis({ durability: fault === 'redis-restarted' ? 'disk' : 'process' }))
  const kept = { kind: fault === 'redis-restarted' ? 'disk' : 'process' } as const
  const place: Place = { kind: 'redis', at: standalone(HERE, redis), prefix: PREFIX, kept }
  return { placeOf: () => place, wrapperOf: () => [], props: { kind: 'redis', redis } }
}

async function replicatedStage(stack: AsyncDisposableStack): Promise<Stage> {
  const redis = { durability: 'process', config: CONFIRMING } as const
  // With two replicas the promoted one still has one that can confirm.
  const replicated = stack.use(await startReplicated({ replicas: 2, sentinels: 3, downAfter: 1500, redis }))
  const sentinels = replicated.sentinels.map(({ port }) => ({ host: HERE, port }))
  const at = { kind: 'sentinel', sentinels, name: replicated.name, login: {} } as const
  const place: Place = { kind: 'redis', at, prefix: PREFIX, kept: { kind: 'replicated', replicas: 1 } }
  return { placeOf: () => place, wrapperOf: () => [], props: { kind: 'replicated', replicated } }
}

async function clusterStage(stack: AsyncDisposableStack): Promise<Stage> {
  const redis = { durability: 'process', config: CONFIRMING } as const
  const cluster = stack.use(await startCluster({ primaries: 3, replicas: 1, nodeTimeout: 800, redis }))
  const nodes = cluster.nodes.map(({ port }) => ({ host: HERE, port }))
  const kept = { kind: 'replicated', replicas: 1 } as const
  const place: Place = { kind: 'redis', at: { kind: 'cluster', nodes }, prefix: PREFIX, kept }
  return { placeOf: () => place, wrapperOf: () => [], props: { kind: 'cluster', cluster, key: `{${PREFIX}:0}` } }
}

async function networkStage(workers: number, stack: AsyncDisposableStack): Promise<Stage> {
  const networks = Array.from({ length: workers }, () => stack.use(layNetwork()))
  const bind = networks.map(({ address }) => address).join(' ')
  const redis = stack.use(await startRedis({ durability: 'process', bind }))
  const placeAt = (host: string): Place => {
    return { kind: 'redis', at: standalone(host, redis), prefix: PREFIX, kept: { kind: 'process' } }
  }
  const networkOf = (worker: number) => networks[worker % workers]
  return {
    placeOf: (worker) => placeAt((worker === undefined ? undefined : networkOf(worker)?.address) ?? HERE),
    wrapperOf: (worker) => networkOf(worker)?.enter ?? [],
    props: { kind: 'networks', networks },
  }
}

function standalone(host: string, { port }: RedisServer) {
  return { kind: 'standalone', address: { host, port } } as const
}
