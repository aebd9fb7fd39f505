import { PolisError } from '../../core/error.ts'
import { deadlinesOf } from '../../core/ports.ts'
import { storeAdapter } from '../../core/redis-settings.ts'
import type { Store } from '../../store/store.ts'
import { addReadiness } from '../health/add-checks.ts'
import { createHealthChecker, type HealthChecker } from '../health/health-checker.ts'
import { storePath } from '../project-store.ts'
import type { WorkerHost } from '../worker/worker-host.ts'
import type { Assembly } from './assembly.ts'
import { createPauseTeller } from './pause-teller.ts'

/** The health of the process, and the moments that change it at once. */
export interface HostHealth {
  readonly checker: HealthChecker
  /** Everything is open: started, and ready if its dependencies are. */
  started(): void
  /** Not ready from now on. */
  draining(): void
}

/** The checks of a process that is starting. */
export function createHostHealth(
  { options, settings, clock, reports }: Assembly,
  store: Store,
  workers: WorkerHost,
): HostHealth {
  const checker = createHealthChecker({
    clock,
    timeout: deadlinesOf(settings).check * 1000,
    onResult: (kind, name, { status }) =>
      reports.metrics.set('health_check_status', { check: `${kind}.${name}` }, status === 'ok' ? 1 : 0),
  })
  const path = storeAdapter(settings) === 'sqlite' ? { path: storePath(options.dir, settings) } : {}
  const paused = createPauseTeller(store, reports)
  // Told at the start, too; a store that does not answer is told of by the check.
  paused().catch(() => {})
  addReadiness(checker, { store, paused, ...path, ...(options.role === 'api' ? {} : { worker: workers.check }) })
  // Added anew each time, so that no earlier result is kept.
  const set = (kind: 'readiness' | 'startup', problem?: PolisError) =>
    checker.add(kind, 'process', () => {
      if (problem !== undefined) throw problem
    })
  const starting = new PolisError('SHUTTING_DOWN', 'The process is starting')
  set('startup', starting)
  set('readiness', starting)
  return {
    checker,
    started: () => {
      set('startup')
      set('readiness')
    },
    draining: () => set('readiness', new PolisError('SHUTTING_DOWN', 'The process is shutting down')),
  }
}
