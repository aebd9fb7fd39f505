import type { PolisError } from '../../core/error.ts'
import { storeAdapter } from '../../core/redis-settings.ts'
import { blobsOfClients } from '../../engine/room.ts'
import type { Service } from '../../engine/service/service.ts'
import type { Store } from '../../store/store.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import { createAuthenticator } from '../auth/create-authenticator.ts'
import type { HealthChecker } from '../health/health-checker.ts'
import { openListeners } from '../listeners.ts'
import { createRestServer } from '../rest/server.ts'
import type { Assembly } from './assembly.ts'
import type { Host } from './host-options.ts'

/** How clients reach the process. */
export interface HostServer {
  readonly urls: Host['urls']
  close(): Promise<void>
}

/** What the server is a face of. */
export interface Faces {
  readonly service: Service
  readonly store: Store
  readonly health: HealthChecker
}

/**
 * Who is let in, or undefined for a process without an API. Rejects with INVALID_CONFIG when nobody could be.
 *
 * Asked before the store is opened, so that this mistake touches nothing.
 */
export async function authenticatorOf({
  options,
  settings,
  clock,
  reports,
}: Assembly): Promise<Authenticator | undefined> {
  const { role, mode, dir } = options
  if (role === 'worker') return undefined
  const warn = (error: PolisError) => reports.log.warn({ error }, error.message)
  return createAuthenticator({ settings, root: dir, clock, dev: mode === 'dev', warn })
}

/** Opens the ports of the process; without an authenticator, those of probes and metrics alone. */
export async function openServer(
  assembly: Assembly,
  authenticator: Authenticator | undefined,
  { service, store, health }: Faces,
): Promise<HostServer> {
  const { settings, clock, ids, reports, lifecycle } = assembly
  const shared = { settings, clock, metrics: reports.metrics }
  if (authenticator === undefined) {
    const { main, metrics, close } = await openListeners({ ...shared, health })
    return { urls: { health: main.url, ...metricsUrl(metrics) }, close }
  }
  const gate = {
    shared: storeAdapter(settings) === 'redis',
    get draining() {
      return lifecycle.draining
    },
  }
  const rest = { service, blobs: blobsOfClients(store), authenticator, gate, requestId: ids.request }
  const api = await createRestServer({ ...shared, ...reports, ...rest })
  const { main, metrics, close } = await openListeners({ ...shared, health, api })
  return { urls: { api: main.url, health: main.url, ...metricsUrl(metrics) }, close }
}

function metricsUrl(listener: { readonly url: string } | undefined): { readonly metrics?: string } {
  return listener === undefined ? {} : { metrics: listener.url }
}
