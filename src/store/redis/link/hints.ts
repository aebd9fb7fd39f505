import { PolisError } from '../../../core/error.ts'
import type { HostPort } from '../../../core/host-port.ts'
import type { Link } from '../link.ts'
import type { Ears } from './ears.ts'
import type { Topology } from './topology.ts'

/** What hints are sent and heard with. */
export interface HintsOptions {
  readonly topology: Topology
  readonly channel: (shard: number) => string
  /** SPUBLISH, in a Cluster. */
  readonly sharded: boolean
  /** What tells our own messages from those of others: a few random bytes. */
  readonly origin: Buffer
  /** Where the primary of a shard is, once it is connected. */
  readonly find: (shard: number) => Promise<HostPort>
  readonly openEars: (
    find: () => Promise<HostPort>,
    heard: (channel: string, message: Buffer | undefined) => void,
  ) => Ears
}

/** The functions `publish` and `listen` of a link. */
export interface Hints extends Pick<Link, 'publish' | 'listen'> {
  /** The shard is worked with, so that its hints are to be heard. */
  use(shard: number): void
  close(): void
}

/** Hints between the processes of a store: lost ones do no harm, since each of them also looks by itself. */
export function createHints({ topology, channel, sharded, origin, find, openEars }: HintsOptions): Hints {
  const listeners = new Set<Parameters<Link['listen']>[0]>()
  const used = new Set<number>()
  const shards = new Map<string, number>()
  const homes = new Map<number, string>()
  const ears = new Map<string, Ears>()
  const heard = (from: string, message: Buffer | undefined) => {
    const shard = shards.get(from)
    if (shard === undefined || message?.subarray(0, origin.length).equals(origin) === true) return
    const content = message?.subarray(origin.length)
    for (const tell of listeners) tell(shard, content)
  }
  const hear = (shard: number) => {
    const [home, before] = [topology.home(shard), homes.get(shard)]
    if (home === undefined || home === before) return
    homes.set(shard, home)
    if (before !== undefined) leave(before, shard)
    const there = ears.get(home) ?? openEars(() => find(shardAt(homes, home)), heard)
    ears.set(home, there)
    there.add(channel(shard))
  }
  const leave = (home: string, shard: number) => {
    ears.get(home)?.remove(channel(shard))
    if ([...homes.values()].includes(home)) return
    ears.get(home)?.close()
    ears.delete(home)
  }
  const hearAll = () => {
    if (listeners.size > 0) for (const shard of used) hear(shard)
  }
  topology.onMove(hearAll)
  return {
    publish: (shard, message) => {
      const bytes = Buffer.concat([origin, message])
      // Nobody may be there to tell, and nobody waits for it.
      topology
        .line(shard)
        ?.side.send(sharded ? 'spublish' : 'publish', channel(shard), bytes)
        .catch(() => undefined)
    },
    listen: (listener) => {
      listeners.add(listener)
      hearAll()
      return () => void listeners.delete(listener)
    },
    use: (shard) => {
      if (used.has(shard)) return
      used.add(shard)
      shards.set(channel(shard), shard)
      if (listeners.size > 0) hear(shard)
    },
    close: () => {
      for (const there of ears.values()) there.close()
    },
  }
}

/** Any shard that is heard there. */
function shardAt(homes: ReadonlyMap<number, string>, home: string): number {
  const shard = [...homes].find(([, at]) => at === home)?.[0]
  if (shard === undefined) throw new PolisError('STORE_UNAVAILABLE', `No shard is at ${home} any more`)
  return shard
}
