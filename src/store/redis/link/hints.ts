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
  readonly openEars: (heard: (channel: string, message: Buffer | undefined) => void) => Ears
}

/** The functions `publish` and `listen` of a link; `use` names a shard that is worked with, whose hints are then heard. */
export interface Hints extends Pick<Link, 'publish' | 'listen'> {
  use(shard: number): void
  close(): void
}

/** Hints between the processes of a store: lost ones do no harm, since each of them also looks by itself. */
export function createHints({ topology, channel, sharded, origin, openEars }: HintsOptions): Hints {
  const listeners = new Set<Parameters<Link['listen']>[0]>()
  const shards = new Map<string, number>()
  const command = sharded ? 'spublish' : 'publish'
  let ears: Ears | undefined
  const heard = (from: string, message: Buffer | undefined) => {
    const shard = shards.get(from)
    if (shard === undefined || message?.subarray(0, origin.length).equals(origin) === true) return
    const content = message?.subarray(origin.length)
    for (const tell of listeners) tell(shard, content)
  }
  return {
    publish: (shard, message) => {
      const line = topology.line(shard)
      // Nobody to tell, and nobody waits for it.
      void line?.side.send(command, channel(shard), Buffer.concat([origin, message])).catch(() => undefined)
    },
    listen: (listener) => {
      listeners.add(listener)
      ears ??= openEars(heard)
      for (const name of shards.keys()) ears.add(name)
      return () => void listeners.delete(listener)
    },
    use: (shard) => {
      const name = channel(shard)
      if (shards.has(name)) return
      shards.set(name, shard)
      ears?.add(name)
    },
    close: () => ears?.close(),
  }
}
