import type { Clock } from '../../core/clock.ts'
import type { Ids } from '../../core/id.ts'
import type { Settings } from '../../core/settings.ts'
import type { Lifecycle, Phase } from '../lifecycle.ts'
import type { Reports } from './agents-thread.ts'
import type { HostOptions } from './host-options.ts'

/** What the parts of a process share. */
export interface Assembly {
  readonly options: HostOptions
  readonly settings: Settings
  readonly clock: Clock
  readonly ids: Ids
  readonly reports: Reports
  readonly lifecycle: Lifecycle
  /** What the end of the process does, in its order: whoever opens something puts its end first. */
  readonly phases: Phase[]
}

/** Has something that was opened closed at the end of the process, before all that was opened earlier; `timeout` is milliseconds. */
export function endWith({ phases }: Assembly, name: string, timeout: number, run: Phase['run']): void {
  phases.unshift({ name, timeout, run })
}
