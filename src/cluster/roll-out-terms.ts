import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { ClusterApi } from './api.ts'
import type { Report } from './progress.ts'
import type { HoldsRuns } from './prune.ts'
import type { RevisionCause } from './revision/revision.ts'

/** What a change of a deployment is made with. */
export interface RollOutDependencies {
  readonly api: ClusterApi
  readonly clock: Clock
  readonly random: Random
  readonly report: Report
  readonly holdsRuns: HoldsRuns
  /** Unique to this process; shown to others who wait for it. */
  readonly holder: string
  readonly signal: AbortSignal
}

/** How it is to be done. */
export interface RollOutOptions {
  readonly cause: RevisionCause
  readonly by: string
  readonly reason?: string
  readonly commit?: string
  /** Time to become healthy, in milliseconds. */
  readonly timeout: number
  readonly force: boolean
  /** Whether to go back to the last good revision by itself. */
  readonly rollback: boolean
}
