import fastify, { type FastifyInstance } from 'fastify'
import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Settings } from '../core/settings.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'
import type { HealthChecker } from './health/health-checker.ts'
import { addHealthRoutes } from './health/health-route.ts'
import { type Listener, listen } from './listener.ts'
import { createMetricsServer } from './metrics-listener.ts'
import { within } from './within.ts'

/** The listeners of a process that are open. */
export interface Listeners {
  /** Serves the probes, and the API unless the process only executes runs. */
  readonly main: Listener
  readonly metrics?: Listener
  /** Takes no more connections; what is not done after `CLOSE` is cut off. */
  close(): Promise<void>
}

/** What is opened. `api` is the REST server; without it the main port serves the probes alone. */
export interface ListenersOptions {
  readonly api?: FastifyInstance
  readonly health: HealthChecker
  readonly metrics: Metrics
  readonly settings: Settings
  readonly clock: Clock
}

/** Milliseconds that requests in progress get once the listeners close, and clients to hear that they do. */
export const CLOSE = 2000

/** Opens the main port and that of metrics, on the same address. Rejects as `listen` does, and then leaves none open. */
export async function openListeners({ api, health, metrics, settings, clock }: ListenersOptions): Promise<Listeners> {
  const host = settings['server.host']
  const app = api ?? fastify({ logger: false })
  addHealthRoutes(app, health)
  const main = await listen(app, { host, port: settings['server.port'] })
  if (!settings['prometheus.enabled']) return { main, close: () => closeAll(clock, [app]) }
  const exporter = createMetricsServer(metrics)
  try {
    const port = settings['prometheus.port']
    const listener = await listen(exporter, { host, port, setting: 'prometheus.port' })
    return { main, metrics: listener, close: () => closeAll(clock, [app, exporter]) }
  } catch (error) {
    await closeAll(clock, [app])
    throw error
  }
}

async function closeAll(clock: Clock, apps: readonly FastifyInstance[]): Promise<void> {
  const late = () => new PolisError('TIMEOUT', 'Requests did not end in time')
  // Whoever is still there is cut off: the process is about to end, and clients resume where they were.
  await Promise.all(
    apps.map((app) => within(clock, CLOSE, app.close(), late).catch(() => app.server.closeAllConnections())),
  )
}
