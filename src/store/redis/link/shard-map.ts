import { PolisError } from '../../../core/error.ts'
import { type HostPort, showHostPort } from '../../../core/host-port.ts'
import type { ClusterMap } from './cluster-map.ts'
import { keySlot } from './key-slot.ts'

/** The primary of a shard. */
export interface Owner {
  readonly address: HostPort
  /** Tells it from others. */
  readonly name: string
}

/** Which primary of a Cluster has each shard that was asked for. */
export interface ShardMap {
  /** The shard is asked for from now on; answers whether it was not before. */
  use(shard: number): boolean
  owner(shard: number): Owner | undefined
  owners(): readonly Owner[]
  /** What nodes said of all slots: it counts from now on. */
  learn(map: ClusterMap): void
  /** What a node said of one shard. */
  move(shard: number, address: HostPort): void
  /** The nodes did not say. */
  fail(reason: PolisError): void
  nodes(): readonly HostPort[]
  /** Why it is not known where a shard is; undefined where it is of all. */
  missing(): PolisError | undefined
}

/** Nothing is known yet; `tag` is what the keys of a shard begin with. */
export function createShardMap(tag: (shard: number) => string): ShardMap {
  const owners = new Map<number, Owner | undefined>()
  let map: ClusterMap = { owner: () => undefined, nodes: [] }
  let failure: PolisError | undefined = new PolisError('STORE_UNAVAILABLE', 'The Redis Cluster is not connected yet')
  const find = (shard: number) => owners.set(shard, ownerAt(map.owner(keySlot(tag(shard)))))
  return {
    use: (shard) => {
      const isNew = !owners.has(shard)
      if (isNew) find(shard)
      return isNew
    },
    owner: (shard) => owners.get(shard),
    owners: () => [...owners.values()].flatMap((owner) => owner ?? []),
    learn: (learnt) => {
      map = learnt
      failure = undefined
      for (const shard of owners.keys()) find(shard)
    },
    move: (shard, address) => void owners.set(shard, ownerAt(address)),
    fail: (reason) => {
      failure = reason
    },
    nodes: () => map.nodes,
    missing: () => {
      const homeless = [...owners].find(([, owner]) => owner === undefined)
      return homeless === undefined ? undefined : (failure ?? nowhere(homeless[0]))
    },
  }
}

function ownerAt(address: HostPort | undefined): Owner | undefined {
  return address === undefined ? undefined : { address, name: showHostPort(address) }
}

function nowhere(shard: number): PolisError {
  return new PolisError('STORE_UNAVAILABLE', `No node of the Redis Cluster has shard ${shard} at present`)
}
