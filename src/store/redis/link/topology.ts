import type { PolisError } from '../../../core/error.ts'
import type { HostPort } from '../../../core/host-port.ts'
import type { Line } from './line.ts'

/** Which primary has which shard. */
export interface Topology {
  /** The open line to the shard's primary, if there is one. */
  line(shard: number): Line | undefined
  /** That line, or the next one that opens, until `until` (ms by the clock); rejects with why there is none. */
  next(shard: number, until: number): Promise<Line>
  /** What shards on the same primary have in common; undefined while it is not known where the shard is. */
  home(shard: number): string | undefined
  /** Calls back whenever a shard may have another home. */
  onMove(moved: () => void): void
  /** Every line that is open. */
  lines(): readonly Line[]
  /** Why a primary that is needed is not connected; undefined where all are. */
  missing(): PolisError | undefined
  /** The line's server is not the primary, or not ready: leaves it and looks for the primary again. */
  leave(line: Line, why: PolisError): void
  /** The shard may be elsewhere: at this address, where the node that was asked said so. */
  moved(shard: number, address: HostPort | undefined): void
  close(): void
}
