import type { Clock } from '../core/clock.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'

/** What models work with. */
export interface ModelsDependencies {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder of the project; files with keys are relative to it. */
  readonly cwd: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Default: Node's own. */
  readonly fetch?: typeof globalThis.fetch
}
