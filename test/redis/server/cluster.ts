import { setTimeout as delay } from 'node:timers/promises'
import { chosenPort } from './port.ts'
import { type RedisOptions, type RedisServer, startRedis } from './redis.ts'

/** How a Cluster is laid out. */
export interface ClusterOptions {
  readonly primaries?: number
  /** Of each primary. */
  readonly replicas?: number
  /** How long a node that says nothing counts as alive (ms). */
  readonly nodeTimeout?: number
  readonly redis?: Omit<RedisOptions, 'users'>
}

/** A Redis Cluster. */
export interface RedisCluster extends AsyncDisposable {
  /** Primaries first, then the replicas of the first one, of the second one, and so on. */
  readonly nodes: readonly RedisServer[]
  /** The node that serves a key now, as a node that lives sees it. */
  ownerOf(key: string): Promise<RedisServer>
  /** Resolves once every node that lives sees all slots served. */
  whole(): Promise<void>
  /** Resolves with the next replica that takes over; ask before its primary dies. */
  promoted(): Promise<RedisServer>
}

const SLOTS = 16_384

/** Starts the nodes, shares the slots evenly, and resolves when every node agrees. */
export async function startCluster(options: ClusterOptions = {}): Promise<RedisCluster> {
  const { primaries = 3, replicas = 0, nodeTimeout = 1000, redis = {} } = options
  await using stack = new AsyncDisposableStack()
  const start = async () => stack.use(await startNode(nodeTimeout, redis))
  const nodes = await Promise.all(Array.from({ length: primaries * (1 + replicas) }, start))
  await assemble(nodes, primaries)
  await until(() => allSee(nodes, nodes.length))
  for (const [at, node] of nodes.slice(primaries).entries()) {
    await node.ask('cluster', 'replicate', (await nodes[Math.floor(at / replicas)]?.ask('cluster', 'myid')) ?? '')
  }
  await until(async () => (await linesOf(nodes[0], 'slave')).length === primaries * replicas)
  const live: RedisCluster = {
    nodes,
    ownerOf: (key) => ownerOf(nodes, key),
    whole: () => until(() => allSee(nodes, nodes.length)),
    promoted: () => Promise.any(nodes.map((node) => node.logged(/Failover election won/).then(() => node))),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  }
  await live.whole()
  const ending = stack.move()
  return live
}

async function startNode(nodeTimeout: number, redis: RedisOptions): Promise<RedisServer> {
  const cluster = [
    ...['cluster-enabled yes', `cluster-node-timeout ${nodeTimeout}`, `cluster-port ${await chosenPort()}`],
    ...['cluster-allow-replica-migration no', 'cluster-replica-validity-factor 0'],
  ]
  return startRedis({ ...redis, config: [...cluster, ...(redis.config ?? [])] })
}

async function assemble(nodes: readonly RedisServer[], primaries: number): Promise<void> {
  const [first] = nodes
  for (const [at, node] of nodes.entries()) {
    // Epochs that collide are resolved by the nodes themselves, but not at once.
    await node.ask('cluster', 'set-config-epoch', at + 1)
    if (at >= primaries) continue
    const [begin, end] = [at, at + 1].map((it) => Math.floor((it * SLOTS) / primaries)) as [number, number]
    await node.ask('cluster', 'addslotsrange', begin, end - 1)
  }
  for (const node of nodes.slice(1)) {
    await first?.ask('cluster', 'meet', '127.0.0.1', node.port, await busPort(node))
  }
}

async function busPort(node: RedisServer): Promise<string> {
  return (await node.ask('config', 'get', 'cluster-port')).split('\n').at(-1) ?? ''
}

async function allSee(nodes: readonly RedisServer[], count: number): Promise<boolean> {
  const known = await Promise.all(nodes.map((node) => node.ask('cluster', 'info').catch(() => undefined)))
  const living = known.filter((info) => info !== undefined)
  return living.every((info) => info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${count}`))
}

async function ownerOf(nodes: readonly RedisServer[], key: string): Promise<RedisServer> {
  for (const node of nodes) {
    const slot = await node.ask('cluster', 'keyslot', key).catch(() => undefined)
    // A dead node says nothing; the next one may live.
    if (slot === undefined) continue
    const line = (await linesOf(node, 'master')).find((it) => !/fail/.test(it) && hasSlot(it, Number(slot)))
    const owner = nodes.find(({ port }) => line?.includes(`:${port}@`))
    if (owner !== undefined) return owner
  }
  throw new Error(`no living node serves ${key}`)
}

function hasSlot(line: string, slot: number): boolean {
  return line
    .split(' ')
    .slice(8)
    .some((range) => {
      const [begin, end = begin] = range.split('-').map(Number)
      return begin !== undefined && end !== undefined && begin <= slot && slot <= end
    })
}

async function linesOf(node: RedisServer | undefined, role: 'master' | 'slave'): Promise<readonly string[]> {
  const nodes = (await node?.ask('cluster', 'nodes')) ?? ''
  return nodes.split('\n').filter((line) => line.split(' ')[2]?.includes(role))
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > limit) throw new Error('the Cluster was not whole within 60 s')
    await delay(50)
  }
}
