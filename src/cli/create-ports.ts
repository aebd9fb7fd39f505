import { systemClock } from '../core/clock.ts'
import type { Io } from './io.ts'
import type { Ports, Served, ServeOptions } from './ports.ts'
import { createStyle } from './terminal/style.ts'

/** The real ports. What they need is loaded at their first use, so that help and mistakes answer at once. */
export function createPorts(io: Io): Ports {
  return {
    async connect({ url, apiKey, ...options }) {
      if (url === undefined) {
        const { openEmbedded } = await import('./embedded.ts')
        return await openEmbedded(options)
      }
      const { createClient } = await import('../client/index.ts')
      const client = createClient({ url, ...(apiKey === undefined ? {} : { apiKey }) })
      return { client, executes: false, close: async () => {} }
    },
    serve: (options) => serve(options, io),
    async openStore(options) {
      const { openStore } = await import('./open-store.ts')
      return openStore(options, io.stderr)
    },
    async plan(options) {
      const { planProject } = await import('./manifest/plan-project.ts')
      return await planProject(options)
    },
    async cluster({ signal, onWarning, ...options }) {
      const { loadKubeconfig } = await import('../cluster/kubeconfig/load.ts')
      const { createClusterApi } = await import('../cluster/api/create-api.ts')
      return createClusterApi(await loadKubeconfig(options), { clock: systemClock(), signal, onWarning })
    },
    async build(options) {
      const { buildImage } = await import('./image/build-image.ts')
      const { execute } = await import('./image/execute.ts')
      return await buildImage(options, execute)
    },
    async *diagnose({ dir, env, online }) {
      const { diagnose } = await import('./doctor/diagnose.ts')
      yield* diagnose({ dir, env, online, clock: systemClock() })
    },
  }
}

async function serve({ host, port, ...options }: ServeOptions, io: Io): Promise<Served> {
  const { startHost } = await import('../server/host/start-host.ts')
  const overrides = {
    ...(host === undefined ? {} : { 'server.host': host }),
    ...(port === undefined ? {} : { 'server.port': port }),
  }
  const output = {
    write: (text: string | Uint8Array) =>
      io.stderr.write(typeof text === 'string' ? text : Buffer.from(text).toString()),
  }
  const served = await startHost({ ...options, overrides, output, color: createStyle(io.stderr, io.env).enabled })
  const { api, metrics } = served.urls
  return {
    agents: served.agents(),
    ...(api === undefined ? {} : { url: api }),
    ...(metrics === undefined ? {} : { metricsUrl: metrics }),
    close: (reason) => served.stop(reason),
  }
}
