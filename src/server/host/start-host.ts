/**
 * The assembly of the process.
 *
 * Role: opens everything in the order that lets each mistake be told (project, credentials, store, ports, then runs), and closes it in
 * the reverse order. Boundary: settings and signals come from outside; authors' code is executed in another thread alone.
 */
import { systemClock } from '../../core/clock.ts'
import { createIds } from '../../core/id.ts'
import { deadlinesOf } from '../../core/ports.ts'
import { systemRandom } from '../../core/random.ts'
import { createTransients } from '../../core/transient.ts'
import { silentLog } from '../../telemetry/log.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import { reportRuns } from '../host-metrics.ts'
import { createLifecycle, type Phase } from '../lifecycle.ts'
import { CLOSE } from '../listeners.ts'
import { openProjectStore } from '../project-store.ts'
import { VERSION } from '../version.ts'
import { type LaunchedThread, type LaunchOptions, launchThread } from '../worker/launch.ts'
import type { Catalogue } from '../worker/message.ts'
import { WORKER_LIMITS } from '../worker/worker-host.ts'
import { launchOptions, type Reports, superviseThreads } from './agents-thread.ts'
import { type Assembly, endWith } from './assembly.ts'
import { codeOf, reloadOnChange } from './dev-reload.ts'
import { createHostEngine } from './host-engine.ts'
import { createHostHealth } from './host-health.ts'
import { createHostLog } from './host-log.ts'
import type { Host, HostOptions } from './host-options.ts'
import { authenticatorOf, openServer } from './host-server.ts'

/**
 * Serves a project until `stop`.
 *
 * Rejects, with everything closed again, with what keeps it from starting: the project (NOT_FOUND, INVALID_CONFIG, AGENT_LOAD_FAILED),
 * credentials that are missing, a port in use, or the store.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const clock = systemClock()
  const metrics = createMetrics({
    service: 'agentpolis',
    version: VERSION,
    environment: options.mode,
    clock,
  })
  const reports: Reports = { log: createHostLog(options), metrics, transients: createTransients() }
  const launch = launchOptions(options, clock, reports)
  const code = await codeOf(options)
  const thread = await launchThread(launch)
  const { settings, warnings } = thread.catalogue
  reports.log = createHostLog(options, settings)
  for (const warning of warnings) reports.log.warn({}, warning)
  const phases: Phase[] = []
  const lifecycle = createLifecycle({ clock, log: reports.log, phases })
  const assembly = { options, settings, clock, ids: createIds(clock, systemRandom()), reports, lifecycle, phases }
  try {
    return await assemble(assembly, launch, thread, code)
  } catch (error) {
    // Nothing was served, so that its end is nothing to tell of.
    await createLifecycle({ clock, log: silentLog, phases }).shutdown('the start failed')
    throw error
  }
}

async function assemble(
  assembly: Assembly,
  launch: LaunchOptions,
  thread: LaunchedThread,
  code: string,
): Promise<Host> {
  const { options, settings, clock, reports, lifecycle } = assembly
  let onCatalogue = (_catalogue: Catalogue) => {}
  const workers = superviseThreads(options.role, launch, reports, (it) => onCatalogue(it), thread)
  endWith(assembly, 'the thread of agents', 1000, workers.kill)
  const authenticator = await authenticatorOf(assembly)
  const opened = await openProjectStore(options.dir, settings, { clock, ...reports })
  const { store } = opened
  endWith(assembly, 'the store', 2000, store.close)
  reportRuns(reports.metrics, store, clock)
  const engine = createHostEngine(assembly, opened, workers)
  const health = createHostHealth(assembly, store, workers)
  const { service } = engine
  const server = await openServer(assembly, authenticator, { service, store, health: health.checker })
  endWith(assembly, 'the listeners', CLOSE + 500, server.close)
  const drain = deadlinesOf(settings).drain * 1000
  endWith(assembly, 'the agents', drain + WORKER_LIMITS.closeTimeout + 500, () => workers.stop(drain))
  await workers.start()
  onCatalogue = (catalogue) => {
    announce(assembly, catalogue)
    void engine.sync()
  }
  endWith(assembly, 'the scheduler', 1000, engine.stop)
  await engine.start()
  const reload = () => workers.reload(drain)
  reloadOnChange(assembly, code, reload)
  endWith(assembly, 'readiness', 100, health.draining)
  health.started()
  return {
    ...{ urls: server.urls, settings, service, reload },
    agents: () => workers.catalogue().agents,
    stop: (reason = 'stop') => lifecycle.shutdown(reason),
    kill: lifecycle.kill,
  }
}

function announce({ settings, reports }: Assembly, catalogue: Catalogue): void {
  const agents = catalogue.agents.map(({ name, release }) => `${name} (${release})`).join(', ')
  reports.log.info({}, `code loaded anew: ${agents}`)
  const changed = Object.entries(catalogue.settings).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(settings, key)),
  )
  if (changed.length === 0) return
  reports.log.warn({}, `restart to apply changed settings: ${changed.map(([key]) => key).join(', ')}`)
}
