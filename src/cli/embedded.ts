/**
 * The runtime inside the process of a command.
 *
 * Role: the project's store, the service and the REST API over it, reached without a port; and, for commands that execute runs, the
 * agents' thread. Boundary: commands see the typed client alone, as if there were a server.
 *
 * 1. A connection that does not execute claims no run, and has no thread once the project is loaded.
 * 2. Closing hands over what still runs, then lets go of the store; whatever fails on the way, the rest is closed.
 */

import { createClient } from '../client/index.ts'
import type { AgentInfo } from '../core/agent.ts'
import { systemClock } from '../core/clock.ts'
import { createIds } from '../core/id.ts'
import { deadlinesOf } from '../core/ports.ts'
import { systemRandom } from '../core/random.ts'
import type { Settings } from '../core/settings.ts'
import { createTransients } from '../core/transient.ts'
import { blobsOfClients } from '../engine/room.ts'
import { createService } from '../engine/service/create.ts'
import { createOpenAuthenticator } from '../server/auth/open.ts'
import { launchOptions, type Reports, superviseThreads } from '../server/host/agents-thread.ts'
import type { HostOptions } from '../server/host/host-options.ts'
import { openProjectStore } from '../server/project-store.ts'
import { createInjectFetch } from '../server/rest/inject-fetch.ts'
import { createRestServer } from '../server/rest/server.ts'
import { type LaunchedThread, launchThread } from '../server/worker/launch.ts'
import type { WorkerHost } from '../server/worker/worker-host.ts'
import { createLog } from '../telemetry/log.ts'
import { silentMetrics } from '../telemetry/metrics-port.ts'
import type { Connection, ConnectOptions } from './connection.ts'
import { parseConfigSettings } from './parse-config-settings.ts'

/** What the project says, as far as it was asked for. */
interface Loaded {
  readonly settings: Settings
  readonly agents: () => readonly AgentInfo[]
  readonly thread?: LaunchedThread
}

const NAME = 'localhost'

/** Opens the runtime of a project. Rejects with what is wrong with the project or its store. */
export async function openEmbedded(options: Omit<ConnectOptions, 'url' | 'apiKey'>): Promise<Connection> {
  const executes = options.purpose === 'execute'
  await using opened = new AsyncDisposableStack()
  const clock = systemClock()
  const log = createLog({ level: 'warn', format: 'pretty', destination: options.output })
  const reports: Reports = { log, metrics: silentMetrics, transients: createTransients() }
  const host: HostOptions = { ...options, mode: 'serve', role: executes ? 'worker' : 'api' }
  const launch = launchOptions(host, clock, reports)
  const { settings, agents, thread } = await load(options, () => launchThread(launch))
  const workers = thread && superviseThreads(host.role, launch, reports, () => {}, thread)
  if (workers) opened.defer(() => workers.kill())
  const { store, clock: time } = await openProjectStore(options.dir, settings, { clock, ...reports })
  opened.defer(() => store.close())
  const ids = createIds(time, systemRandom())
  const app = await createRestServer({
    ...{ settings, clock, ...reports, blobs: blobsOfClients(store), requestId: ids.request },
    service: createService({ store, archive: store.archive, agents, ids, clock: time, ...reports }),
    // What comes through no port comes from whoever may read the store's file.
    authenticator: createOpenAuthenticator({ host: NAME }),
    gate: { draining: false, shared: false },
  })
  opened.defer(() => app.close())
  if (executes) opened.defer(await start(workers, settings))
  const client = createClient({ url: `http://${NAME}`, fetch: createInjectFetch(app), clock })
  const owned = opened.move()
  return { client, executes, close: () => owned.disposeAsync() }
}

async function load(
  { dir, env, purpose }: Omit<ConnectOptions, 'url' | 'apiKey'>,
  launch: () => Promise<LaunchedThread>,
): Promise<Loaded> {
  // An agent that cannot be loaded must not keep anyone from looking at its runs.
  if (purpose === 'look') {
    const settings = await parseConfigSettings(dir, env)
    return { settings, agents: () => [] }
  }
  const thread = await launch()
  const { settings, agents } = thread.catalogue
  return { settings, agents: () => agents, thread }
}

async function start(workers: WorkerHost | undefined, settings: Settings): Promise<() => Promise<void>> {
  await workers?.start()
  return async () => await workers?.stop(deadlinesOf(settings).drain * 1000)
}
