import type { Clock } from '../../core/clock.ts'
import { DEV_DEFAULTS } from '../../core/settings.ts'
import type { Transients } from '../../core/transient.ts'
import type { Log } from '../../telemetry/log.ts'
import { applyForwarded, type Metrics } from '../../telemetry/metrics.ts'
import { createCatalogueHost } from '../worker/catalogue-host.ts'
import { writeForwarded } from '../worker/forward-log.ts'
import { type LaunchedThread, type LaunchOptions, launchThread } from '../worker/launch.ts'
import type { Catalogue, FromThread, ThreadInput } from '../worker/message.ts'
import { createSpawn } from '../worker/spawn.ts'
import { createWorkerHost, WORKER_LIMITS, type WorkerHost } from '../worker/worker-host.ts'
import type { HostOptions } from './host-options.ts'

/** Where what a thread reports goes. `log` changes once the settings are known. */
export interface Reports {
  log: Log
  readonly metrics: Metrics
  readonly transients: Transients
}

/** How this process launches threads. */
export function launchOptions(options: HostOptions, clock: Clock, reports: Reports): LaunchOptions {
  const { dir, mode, env, overrides = {}, output = process.stderr, memory } = options
  const input: ThreadInput = {
    ...{ dir, overrides, anyRelease: mode === 'dev' },
    defaults: mode === 'dev' ? DEV_DEFAULTS : {},
    env: { ...env },
  }
  return {
    ...{ input, clock, ...WORKER_LIMITS },
    spawn: createSpawn({ output, ...(memory === undefined ? {} : { memory }) }),
    onMessage: (message) => report(message, reports),
  }
}

/** Supervises the threads of this process, beginning with one that has loaded the project. */
export function superviseThreads(
  role: HostOptions['role'],
  launch: LaunchOptions,
  reports: Reports,
  onCatalogue: (catalogue: Catalogue) => void,
  first: LaunchedThread,
): WorkerHost {
  if (role === 'api') return createCatalogueHost(first, () => launchThread(launch), onCatalogue)
  const onLost = () => {
    reports.metrics.increment('worker_lost_total', {})
    // It said how many it had, and says nothing any more.
    reports.metrics.set('active_workflows', {}, 0)
    reports.metrics.increment('errors_total', { error_type: 'WORKER_LOST', component: 'agent' })
  }
  return createWorkerHost({ ...launch, log: reports.log, onLost, onCatalogue }, first)
}

function report(message: FromThread, { log, metrics, transients }: Reports): void {
  if (message.kind === 'log') writeForwarded(log, message)
  else if (message.kind === 'metrics') applyForwarded(metrics, message.batch)
  else if (message.kind === 'transient') transients.publish(message.event)
}
