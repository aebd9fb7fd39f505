import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { systemClock } from '../../src/core/clock.ts'
import { createTransients, type Transients } from '../../src/core/transient.ts'
import type { Authenticator } from '../../src/server/auth/authenticator.ts'
import { createOpenAuthenticator } from '../../src/server/auth/open.ts'
import { type Listener, listen } from '../../src/server/listener.ts'
import type { RestDependencies, RestSettings } from '../../src/server/rest/dependency.ts'
import { createRestServer } from '../../src/server/rest/server.ts'
import type { BlobPort, BlobRecord } from '../../src/store/blob.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { silentMetrics } from '../../src/telemetry/metrics-port.ts'
import { createFakeService, type FakeService } from './fake-service.ts'

/** A REST server over a fake service, on a real socket. */
export interface Rest extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly listener: Listener
  readonly service: FakeService
  readonly transients: Transients
  readonly gate: { draining: boolean }
  /** Where the API is: `http://127.0.0.1:port/api/v1`. */
  readonly api: string
}

/** What differs from the defaults. */
export interface RestOptions extends Partial<Omit<RestDependencies, 'settings' | 'service' | 'gate'>> {
  readonly settings?: Partial<RestSettings>
  readonly service?: FakeService
  readonly authenticator?: Authenticator
  readonly port?: number
}

/** The settings of a test. */
export const REST_SETTINGS: RestSettings = {
  'server.max_body_bytes': 1024 * 1024,
  'server.max_concurrent_requests': 100,
  'server.rate_limit': 0,
  'server.cors_origins': [],
}

/** Starts a server. */
export async function startRest(options: RestOptions = {}): Promise<Rest> {
  const { settings = {}, service = createFakeService(), transients = createTransients(), port = 0, ...rest } = options
  const gate = { draining: false }
  let serial = 0
  const app = await createRestServer({
    ...{ blobs: createFakeBlobs(), authenticator: createOpenAuthenticator({ host: '127.0.0.1' }), log: silentLog },
    ...{ metrics: silentMetrics, clock: systemClock(), requestId: () => `request_${++serial}` },
    ...{ ...rest, service, transients, gate, settings: { ...REST_SETTINGS, ...settings } },
  })
  const listener = await listen(app, { host: '127.0.0.1', port })
  return {
    ...{ app, listener, service, transients, gate, api: `${listener.url}/api/v1` },
    [Symbol.asyncDispose]: () => listener.close(),
  }
}

/** Blobs in memory. */
export function createFakeBlobs(): BlobPort {
  const held = new Map<string, { readonly record: BlobRecord; readonly bytes: Uint8Array }>()
  return {
    async put(tenant, bytes, info = {}) {
      const chunks: Uint8Array[] = []
      if (bytes instanceof Uint8Array) chunks.push(bytes)
      else for await (const chunk of bytes) chunks.push(chunk)
      const all = Buffer.concat(chunks)
      const record = {
        hash: createHash('sha256').update(all).digest('hex'),
        size: all.byteLength,
        createdAt: 1,
        ...info,
      }
      held.set(`${tenant} ${record.hash}`, { record, bytes: all })
      return record
    },
    head: async (tenant, hash) => held.get(`${tenant} ${hash}`)?.record,
    async read(tenant, hash) {
      const found = held.get(`${tenant} ${hash}`)
      return (
        found &&
        (async function* () {
          for (let at = 0; at < found.bytes.byteLength; at += 65536) yield found.bytes.subarray(at, at + 65536)
        })()
      )
    },
  }
}
