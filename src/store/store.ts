import type { BlobPort } from './blob.ts'
import type { CoordinationPort } from './coordination.ts'
import type { IndexPort } from './index-port.ts'
import type { JournalPort } from './journal.ts'
import type { TransferPort } from './transfer.ts'
import type { StoreUsage } from './usage.ts'

/**
 * What survives which accident: `process` a killed process of ours, `disk` a machine that stops (acknowledged after fsync),
 * `replicated` the loss of a machine with its disk (acknowledged by so many replicas).
 */
export type Durability = 'process' | 'disk' | 'replicated'

/** What a store on this machine alone can keep. */
export type LocalDurability = Exclude<Durability, 'replicated'>

/** A store: five ports over one place. The engine never knows which adapter it has. */
export interface Store extends AsyncDisposable {
  readonly name: string
  readonly durability: Durability
  /** Replicas that have a commit before it is acknowledged, for `replicated`. */
  readonly replicas?: number
  readonly journal: JournalPort
  readonly index: IndexPort
  readonly coordination: CoordinationPort
  readonly blob: BlobPort
  readonly transfer: TransferPort
  /**
   * How full the store is as last measured, 0 to 1; 0 where nothing but the disk bounds it. New runs are refused well before 1, so that
   * those which run can end.
   */
  fill(): number
  /** What its parts take: for people, who may wait some seconds. */
  usage(): Promise<StoreUsage>
  /** Resolves when the store answers; rejects with why it does not. For readiness checks. */
  ping(): Promise<void>
  /** Ends everything: open groups are committed first, leases given back. */
  close(): Promise<void>
}
