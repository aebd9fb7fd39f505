import type { PolisError } from '../../core/error.ts'
import type { HostPort } from '../../core/host-port.ts'
import type { Facts } from './link/facts.ts'

/**
 * The link to Redis: calls of the Lua library, and hints between processes.
 *
 * It knows connections, failover and durability; it knows nothing of runs.
 */
export interface Link {
  /**
   * One call of the library's function of this kind, over the keys of a shard. `read` changes nothing. `lease` is a `write`
   * that passes by calls which wait for their durability, and waits for none: no lease may end because replicas are slow.
   *
   * Resolves with the reply, one bulk string, once the durability that the link was opened with is reached. Rejects with
   * STORE_UNAVAILABLE when there is no answer (what became of it is not known), STORE_FULL, STORE_CORRUPT and the like.
   * Calls of one shard are carried out in the order in which they are made.
   */
  call(shard: number, kind: 'write' | 'read' | 'lease', payload: Buffer): Promise<Buffer>
  /** Tells every other process that has the store open. A hint: it may be lost. */
  publish(shard: number, message: Buffer): void
  /** Calls back with what others publish; undefined says that messages may have been lost. Returns what ends it. */
  listen(heard: (shard: number, message: Buffer | undefined) => void): () => void
  /** How full the fullest primary is, 0 to 1 of its maxmemory, as last measured, which is each second; 0 where it has none. */
  fill(): number
  /** What the primaries that are connected say of themselves. */
  servers(): readonly { readonly address: HostPort; readonly facts: Facts }[]
  /** Why a primary is not connected; undefined while all are. */
  missing(): PolisError | undefined
  /** Calls back whenever a primary is connected, is lost, or could not be connected to. Returns what ends it. */
  watch(changed: () => void): () => void
  /** Redis' clock (ms since the epoch). */
  time(): Promise<number>
  /** Rejects with why the store does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}
