import type { Clock } from '../../core/clock.ts'
import type { Ids } from '../../core/id.ts'
import type { Random } from '../../core/random.ts'
import type { Transients } from '../../core/transient.ts'
import type { Store } from '../../store/store.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Program } from '../program.ts'

/** Limits and times of a worker; times are milliseconds. */
export interface WorkerSettings {
  readonly maxConcurrent: number
  /** What a drain allows running steps; no step may have a longer timeout unless it is interruptible. */
  readonly drainTimeout: number
  /** How long a run whose branches all wait stays in memory. */
  readonly suspendAfter: number
  readonly maxJournalBytes: number
  /** How often leases are renewed and dead workers looked for, at most. */
  readonly heartbeat: number
}

/** What the execution of runs needs from outside. */
export interface Engine {
  readonly store: Store
  readonly programs: ReadonlyMap<string, Program>
  readonly settings: WorkerSettings
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly log: Log
  readonly metrics: Metrics
  readonly transients: Transients
}
