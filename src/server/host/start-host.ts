/**
 * The assembly of the process.
 *
 * Role: opens everything in the order that lets each mistake be told (project, credentials, store, ports, then runs), and closes it in
 * the reverse order. Boundary: settings and signals come from outside; authors' code is executed in another thread alone.
 */
import { systemClock } from '../../core/clock.ts'
import type { PolisError } from '../../core/error.ts'
import { createIds } from '../../core/id.ts'
import { deadlinesOf } from '../../core/ports.ts'
import { systemRandom } from '../../core/random.ts'
import { createTransients } from '../../core/transient.ts'
import type { Service } from '../../engine/service/service.ts'
import type { Store } from '../../store/store.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import { createAuthenticator } from '../auth/create-authenticator.ts'
import type { HealthChecker } from '../health/health-checker.ts'
import { reportRuns } from '../host-metrics.ts'
import { createLifecycle, type Phase } from '../lifecycle.ts'
import { CLOSE, type Listeners, openListeners } from '../listeners.ts'
import { openProjectStore } from '../project-store.ts'
import { createRestServer } from '../rest/server.ts'
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

/**
 * Serves a project until `stop`.
 *
 * Rejects, with everything closed again, with what keeps it from starting: the project (NOT_FOUND, INVALID_CONFIG, AGENT_LOAD_FAILED),
 * credentials that are missing, a port in use, or the store.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const clock = systemClock()
  const metrics = createMetrics({ service: 'agentpolis', version: VERSION, environment: options.mode, clock })
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
    await lifecycle.shutdown('the start failed')
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
  const authenticator = await authenticate(assembly)
  const store = await openProjectStore(options.dir, settings, { clock, ...reports })
  endWith(assembly, 'the store', 2000, store.close)
  reportRuns(reports.metrics, store, clock)
  const engine = createHostEngine(assembly, store, workers)
  const health = createHostHealth(assembly, store, workers)
  const listeners = await serve(assembly, authenticator, engine.service, store, health.checker)
  endWith(assembly, 'the listeners', CLOSE + 500, listeners.close)
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
    ...{ urls: urlsOf(assembly, listeners), settings, service: engine.service, transients: reports.transients, reload },
    agents: () => workers.catalogue().agents,
    stop: (reason = 'stop') => lifecycle.shutdown(reason),
    kill: lifecycle.kill,
  }
}

async function authenticate({ options, settings, clock, reports }: Assembly): Promise<Authenticator | undefined> {
  if (options.role === 'worker') return undefined
  const { dir, mode } = options
  const warn = (error: PolisError) => reports.log.warn({ error }, error.message)
  return createAuthenticator({ settings, root: dir, clock, dev: mode === 'dev', warn })
}

async function serve(
  { settings, clock, ids, reports, lifecycle }: Assembly,
  authenticator: Authenticator | undefined,
  service: Service,
  store: Store,
  health: HealthChecker,
): Promise<Listeners> {
  const shared = { settings, clock, metrics: reports.metrics }
  if (authenticator === undefined) return openListeners({ ...shared, health })
  const rest = { service, blobs: store.blob, authenticator, gate: lifecycle, requestId: ids.request }
  return openListeners({ ...shared, health, api: await createRestServer({ ...shared, ...reports, ...rest }) })
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

function urlsOf({ options }: Assembly, { main, metrics }: Listeners): Host['urls'] {
  return {
    ...(options.role === 'worker' ? {} : { api: main.url }),
    health: main.url,
    ...(metrics === undefined ? {} : { metrics: metrics.url }),
  }
}
