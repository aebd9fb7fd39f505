import type { BlobPort } from './blob.ts'
import type { CoordinationPort } from './coordination.ts'
import type { IndexPort } from './index-port.ts'
import type { JournalPort } from './journal.ts'

/** What survives which accident: `process` a killed process of ours, `disk` a lost machine (acknowledged after fsync). */
export type Durability = 'process' | 'disk'

/** A store: four ports over one place. The engine never knows which adapter it has. */
export interface Store extends AsyncDisposable {
  readonly name: string
  readonly durability: Durability
  readonly journal: JournalPort
  readonly index: IndexPort
  readonly coordination: CoordinationPort
  readonly blob: BlobPort
  /** Resolves when the store answers; rejects with why it does not. For readiness checks. */
  ping(): Promise<void>
  /** Ends everything: open groups are committed first, leases given back. */
  close(): Promise<void>
}
