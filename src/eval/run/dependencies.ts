import type { Clock } from '../../core/clock.ts'
import type { Models } from '../../core/model.ts'
import type { Service } from '../../engine/service/service.ts'
import type { Store } from '../../store/store.ts'
import type { LoadedEval } from '../load-evals.ts'
import type { Desk } from './desk.ts'

/** What the programs of evals need from outside. */
export interface EvalDependencies {
  readonly store: Store
  readonly models: Models
  readonly clock: Clock
  readonly service: Pick<Service, 'answer'>
  readonly desk: Desk
  /** Executes the project's eval files, once; rejects with what is wrong with them. */
  readonly evals: () => Promise<readonly LoadedEval[]>
  /** The release of each agent, by name. */
  readonly releases: ReadonlyMap<string, string>
  /** Runs that may be executed at once. */
  readonly slots: number
  /** Aborts when this worker begins to drain. */
  readonly draining: AbortSignal
}
