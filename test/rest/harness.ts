import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { systemClock } from '../../src/core/clock.ts'
import { createTransients, type Transients } from '../../src/core/transient.ts'
import type { Service } from '../../src/engine/service/service.ts'
import type { Authenticator, Principal } from '../../src/server/auth/authenticator.ts'
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
  readonly gate: { draining: boolean; shared: boolean }
  /** Where the API is: `http://127.0.0.1:port/api/v1`. */
  readonly api: string
}

/** What differs from the defaults. */
export interface RestOptions extends Partial<Omit<RestDependencies, 'settings' | 'service' | 'gate'>> {
  readonly settings?: Partial<RestSettings>
  readonly service?: FakeService
  /** Served in place of the fake one. */
  readonly real?: Service
  readonly authenticator?: Authenticator
  readonly port?: number
}

/** The settings of a test. */
const REST_SETTINGS: RestSettings = {
  'server.max_body_bytes': 1024 * 1024,
  'server.max_concurrent_requests': 100,
  'server.rate_limit': 0,
  'server.cors_origins': [],
}

/** Makes a server that does not listen. */
export async function createRest(
  options: RestOptions = {},
): Promise<Omit<Rest, 'listener' | 'api' | keyof AsyncDisposable>> {
  const {
    settings = {},
    service = createFakeService(),
    transients = createTransients(),
    port: _,
    real,
    ...rest
  } = options
  const gate = { draining: false, shared: false }
  let serial = 0
  const app = await createRestServer({
    ...{ blobs: createFakeBlobs(), authenticator: createOpenAuthenticator({ host: '127.0.0.1' }), log: silentLog },
    ...{ metrics: silentMetrics, clock: systemClock(), requestId: () => `request_${++serial}` },
    ...{ ...rest, service: real ?? service, transients, gate, settings: { ...REST_SETTINGS, ...settings } },
  })
  return { app, service, transients, gate }
}

/** Starts a server. */
export async function startRest(options: RestOptions = {}): Promise<Rest> {
  const made = await createRest(options)
  const listener = await listen(made.app, { host: '127.0.0.1', port: options.port ?? 0 })
  return { ...made, listener, api: `${listener.url}/api/v1`, [Symbol.asyncDispose]: () => listener.close() }
}

/** Headers of a JSON body. */
export const JSON_TYPE = { 'content-type': 'application/json' }

/** Submits a run with plain fetch. */
export function submit(
  rest: Rest,
  body: object,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${rest.api}/runs${query}`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  })
}

/** Lets everyone in as this principal. */
export function as(principal: Partial<Principal>): Authenticator {
  return { name: 'fake', authenticate: async () => ({ id: 'ann', tenant: 'acme', scopes: ['admin'], ...principal }) }
}

/** Waits, at most ten seconds, for something that the server will do. */
export async function eventually(done: () => boolean): Promise<void> {
  const limit = AbortSignal.timeout(10_000)
  while (!done()) {
    limit.throwIfAborted()
    await new Promise((resolve) => setImmediate(resolve))
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
