import { randomBytes, randomInt } from 'node:crypto'
import { join } from 'node:path'
import { freePort } from '../../../scripts/free-port.ts'
import type { Fixture } from '../../../src/agent/project/fixture.ts'
import { createClient } from '../../../src/client/index.ts'
import { createApiKey } from '../../../src/core/api-key.ts'
import { type Polis, startPolis, until } from '../../lifecycle/polis.ts'
import { writeAgents } from '../../lifecycle/project.ts'
import { type RedisOptions, type RedisServer, startRedis } from '../server/redis.ts'

/** Several `polis serve` processes of one project over one store. */
export interface Fleet extends AsyncDisposable {
  readonly project: Fixture
  /** A file that agents note things in. */
  readonly notes: string
  /** Starts a process, and resolves once it is ready. */
  start(role: 'api' | 'worker' | 'all', env?: Readonly<Record<string, string>>): Promise<Member>
}

/** One process of a fleet. Its probes are at `url`, also where it has no API. */
export interface Member extends Polis {
  /** What lets callers in. */
  readonly headers: Readonly<Record<string, string>>
}

/** What a fleet is made from. */
export interface FleetOptions {
  /** The bodies of agents by name, see `writeAgents`. */
  readonly agents: Readonly<Record<string, string>>
  /** Seconds. */
  readonly heartbeat: number
  readonly env?: Readonly<Record<string, string>>
}

/** A fleet over a Redis server of its own. */
export async function startFleet({
  redis: options = {},
  env = {},
  ...rest
}: FleetOptions & { readonly redis?: RedisOptions }): Promise<Fleet & { readonly redis: RedisServer }> {
  await using made = new AsyncDisposableStack()
  const redis = made.use(await startRedis({ durability: 'process', ...options }))
  const place = { POLIS_REDIS_HOST: '127.0.0.1', POLIS_REDIS_PORT: String(redis.port) }
  const fleet = made.use(await startFleetOver({ ...rest, env: { ...place, ...env } }))
  const owned = made.move()
  return { ...fleet, redis, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** A fleet over the Redis that its environment names. */
export async function startFleetOver({ agents, heartbeat, env = {} }: FleetOptions): Promise<Fleet> {
  await using made = new AsyncDisposableStack()
  const project = made.use(await writeAgents(agents))
  const who = { id: 'test', tenant: 'default', scopes: ['admin'], secret: randomBytes(32) } as const
  const { key: apiKey, record } = createApiKey(who)
  await project.write('keys.jsonl', JSON.stringify(record))
  const shared = {
    ...{ POLIS_STORE_DURABILITY: 'process', POLIS_AUTH_API_KEYS_FILE: 'keys.jsonl' },
    POLIS_AGENT_HEARTBEAT_INTERVAL: String(heartbeat),
    ...env,
  }
  const owned = made.move()
  const start: Fleet['start'] = async (role, own = {}) => {
    // Not 10080, which fetch refuses.
    const port = await freePort(11_000 + randomInt(19_000))
    const args = ['serve', '--role', role]
    const polis = owned.use(await startPolis(project.dir, args, { ...shared, ...own }, String(port)))
    const { url } = polis
    await until(async () => (await statusOf(url)) === 200, `${role} at ${url} to be ready`)
    const headers = { authorization: `Bearer ${apiKey}` }
    return { ...polis, headers, client: createClient({ url, apiKey }) }
  }
  const notes = join(project.dir, 'notes')
  return { project, start, notes, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** For the code of agents: a schema that takes anything. */
export const ANYTHING =
  "{ '~standard': { version: 1, vendor: 'test', validate: (value: any) => ({ value }) } } as const"

/** The status of a probe; 0 where nobody answers. */
export async function statusOf(url: string, path = '/ready'): Promise<number> {
  const response = await fetch(url + path).catch(() => undefined)
  await response?.body?.cancel()
  return response?.status ?? 0
}
