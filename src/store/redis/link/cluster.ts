import { PolisError } from '../../../core/error.ts'
import type { HostPort } from '../../../core/host-port.ts'
import type { ClusterMap } from './cluster-map.ts'
import { keepLooking } from './lookout.ts'
import { createPrimaries, type PrimariesOptions } from './primaries.ts'
import { createShardMap, type ShardMap } from './shard-map.ts'
import type { Topology } from './topology.ts'
import { createWaiting } from './waiting.ts'

/** How the primaries of a Cluster are found. */
export interface ClusterOptions extends PrimariesOptions {
  /** Asks nodes who has what, among them those that an earlier answer named. */
  readonly readMap: (known: readonly HostPort[], signal: AbortSignal) => Promise<ClusterMap>
  /** What the keys of a shard begin with. */
  readonly tag: (shard: number) => string
}

/**
 * The primaries of a Cluster that have shards of ours.
 *
 * 1. A line is kept open to each primary that has a shard which was asked for, and to no other.
 * 2. The nodes are asked who has what while a primary is missing, after one said that it has not the shard, and now and then.
 * 3. What a node said of one shard (MOVED) holds until the nodes are asked.
 */
export function createCluster(options: ClusterOptions): Topology {
  const { clock, changed } = options
  const ending = new AbortController()
  const waiting = createWaiting(clock)
  const watching = new Set<() => void>()
  const map = createShardMap(options.tag)
  const primaries = createPrimaries({
    ...options,
    changed: (line, missing, place) => {
      changed(line, missing, place)
      if (line === undefined) lookout.soon()
      waiting.tell()
    },
  })
  const settle = () => {
    primaries.keep(ending.signal.aborted ? [] : map.owners())
    waiting.tell()
    for (const tell of watching) tell()
  }
  const keptOf = (shard: number) => {
    if (map.use(shard)) settle()
    const owner = map.owner(shard)
    return owner === undefined ? undefined : primaries.at(owner)
  }
  const missing = () => map.missing() ?? primaries.missing()
  const lookout = lookOut(options, { map, settle, missing, signal: ending.signal })
  return {
    line: (shard) => keptOf(shard)?.current(),
    next: async (shard, until) => {
      const line = await waiting.when(until, () => (ending.signal.aborted ? 'closed' : keptOf(shard)?.current()))
      if (line !== undefined && line !== 'closed') return line
      throw keptOf(shard)?.missing() ?? missing() ?? new PolisError('STORE_UNAVAILABLE', 'Redis is not connected')
    },
    home: (shard) => map.owner(shard)?.name,
    onMove: (moved) => void watching.add(moved),
    lines: primaries.lines,
    missing,
    leave: (line, why) => primaries.holder(line)?.leave(line, why),
    moved: (shard, address) => {
      if (address !== undefined) {
        map.move(shard, address)
        settle()
      }
      lookout.soon()
    },
    close: () => {
      ending.abort()
      settle()
    },
  }
}

interface Searched {
  readonly map: ShardMap
  readonly settle: () => void
  readonly missing: () => PolisError | undefined
  readonly signal: AbortSignal
}

/** Keeps asking the nodes who has what. */
function lookOut(options: ClusterOptions, { map, settle, missing, signal }: Searched) {
  const { clock, random, changed, readMap } = options
  return keepLooking({
    ...{ clock, random, signal, isUrgent: () => missing() !== undefined },
    look: async () => {
      map.learn(await readMap(map.nodes(), signal))
      settle()
    },
    failed: (reason) => {
      map.fail(PolisError.from(reason))
      const why = map.missing()
      if (why !== undefined) changed(undefined, why, 'the Cluster')
    },
  })
}
