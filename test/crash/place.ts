import type { Clock } from '../../src/core/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { LocalDurability, Store } from '../../src/store/store.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'

/** Where a store is, and what an acknowledgement of it is worth. */
export type Place = { readonly kind: 'sqlite'; readonly path: string; readonly durability: LocalDurability }

/** What it is opened with. */
export interface OpenOptions {
  readonly clock: Clock
  /** Milliseconds. */
  readonly heartbeat: number
  readonly metrics?: Metrics
}

/** Opens the store that is there, as a worker or to look into it. */
export function openPlace({ path, durability }: Place, { clock, metrics }: OpenOptions): Promise<Store> {
  const options = { path, durability, clock, log: silentLog }
  return openSqliteStore(metrics === undefined ? options : { ...options, metrics })
}
