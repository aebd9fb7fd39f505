import type { RecordedError } from '../../core/entry.ts'
import type { RunRecord } from '../../core/run.ts'
import type { CostView } from './cost-view.ts'

/** A run as clients see it. `status` is `waiting-for-release` when it is queued and no worker holds its release (G9). */
export interface RunView extends Omit<RunRecord, 'status'> {
  readonly status: RunRecord['status'] | 'waiting-for-release'
  /** Present once completed; read from the journal. */
  readonly output?: unknown
  readonly error?: RecordedError
  /** For `continued`: the run that went on. */
  readonly continuedAs?: string
  /** What it and the runs below it have cost so far; where one run is asked for. */
  readonly cost?: CostView
}
