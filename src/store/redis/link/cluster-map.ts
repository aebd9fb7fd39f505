import { PolisError } from '../../../core/error.ts'
import { type HostPort, showHostPort } from '../../../core/host-port.ts'
import { type AskOptions, askMost, silence } from './ask-most.ts'
import { isReply, unavailable } from './failure.ts'
import type { Socket } from './socket.ts'

/** Which primary has which slots. */
export interface ClusterMap {
  /** The primary that has a slot; undefined where none has. */
  owner(slot: number): HostPort | undefined
  /** Every node, for who is asked next. */
  readonly nodes: readonly HostPort[]
}

interface Answer {
  readonly epoch: number
  readonly isOk: boolean
  readonly ranges: readonly Range[]
}

interface Range {
  readonly first: number
  readonly last: number
  /** The primary, then its replicas. */
  readonly nodes: readonly HostPort[]
}

/**
 * Asks the nodes who has which slots. The answer of the latest epoch counts: a node that was cut off still tells of the time before.
 *
 * @throws PolisError STORE_UNAVAILABLE when none answers, STORE_UNSUITABLE when they are no Cluster.
 */
export async function readClusterMap(options: Omit<AskOptions<unknown>, 'ask'>): Promise<ClusterMap> {
  const { answers, faults } = await askMost({ ...options, ask: askNode })
  const [latest] = answers.toSorted((a, b) => Number(b.isOk) - Number(a.isOk) || b.epoch - a.epoch)
  if (latest === undefined) throw silence(faults, 'redis.cluster.nodes')
  return {
    owner: (slot) => latest.ranges.find(({ first, last }) => first <= slot && slot <= last)?.nodes[0],
    nodes: latest.ranges.flatMap(({ nodes }) => nodes),
  }
}

async function askNode(socket: Socket): Promise<Answer> {
  try {
    const [info, slots] = await Promise.all([socket.send('cluster', 'info'), socket.send('cluster', 'slots')])
    const text = String(info)
    return {
      epoch: Number(/^cluster_current_epoch:(\d+)/m.exec(text)?.[1] ?? 0),
      isOk: /^cluster_state:ok/m.test(text),
      ranges: rangesOf(slots, socket.address),
    }
  } catch (reason) {
    if (isReply(reason) && /cluster support disabled/i.test(reason.message)) throw single(socket.address)
    if (isReply(reason) && /^LOADING/.test(reason.message))
      throw unavailable(socket.address, 'is still loading its data')
    throw reason
  }
}

// [first, last, [host, port, …], …] for each range; a node that does not know its host leaves that out.
function rangesOf(slots: unknown, asked: HostPort): readonly Range[] {
  const rows = slots as readonly (readonly [number, number, ...(readonly [Buffer | null, number])[]])[]
  return rows.map(([first, last, ...nodes]) => ({
    ...{ first: Number(first), last: Number(last) },
    nodes: nodes.map(([host, port]) => ({
      host: host === null || host.length === 0 || String(host) === '?' ? asked.host : String(host),
      port: Number(port),
    })),
  }))
}

function single(address: HostPort): PolisError {
  return new PolisError(
    'STORE_UNSUITABLE',
    `Redis at ${showHostPort(address)} cannot be the store: expected a node of a Cluster, got a single server: set redis.cluster.enabled to false`,
  )
}
