import type { EnvironmentSpec } from '../../core/deployment/schema.ts'
import { PolisError } from '../../core/error.ts'
import type { Settings } from '../../core/settings.ts'
import type { RedisPlan, SecretPlan } from '../plan.ts'
import { bytesOf } from '../quantity.ts'

const PORT = 6379
const SENTINEL_PORT = 26_379

/** The ACL user that agents are, of a Redis that is made with the deployment and of its Sentinels. */
export const AGENTS_USER = 'polis'

/** Share of its memory that Redis may fill with data: the rest is for buffers, and for the copy that a rewrite of its file makes. */
const DATA_SHARE = 0.75

/** What each Sentinel asks for. Its volume holds who leads; few clouds make a smaller one. */
export const SENTINEL = { cpu: '100m', memory: '64Mi', storage: '1Gi' } as const

/** What a backup asks for. */
export const BACKUP = { cpu: '250m', memory: '512Mi', disk: '1Gi' } as const

/** Where the certificates of Redis are in the pods of agents. */
const REDIS_TLS_FOLDER = '/var/run/secrets/agentpolis/redis-tls'

/** How Redis is reached. */
export function planRedis(name: string, spec: EnvironmentSpec): RedisPlan {
  const { redis, secrets } = spec
  if (redis.kind === 'external') {
    const hasSecret = Object.keys(secrets.redis).length > 0
    return {
      kind: 'external',
      port: Number(spec.settings['redis.port'] ?? PORT),
      ...(hasSecret ? { secret: `${name}-redis` } : {}),
    }
  }
  const [servers, sentinels] = [`${name}-redis`, `${name}-redis-sentinel`]
  const hosts = (service: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${service}-${at}.${service}.${spec.namespace ?? name}.svc`)
  return {
    ...{ kind: 'managed', name: servers, sentinelName: sentinels, primary: name },
    ...{ port: PORT, sentinelPort: SENTINEL_PORT, secret: `${name}-redis`, serverSecret: `${name}-redis-servers` },
    ...{ hosts: hosts(servers, redis.replicas), sentinelHosts: hosts(sentinels, redis.sentinels) },
    maxmemory: Math.floor(bytesOf(redis.memory) * DATA_SHARE),
    ...(redis.tls.enabled ? { tlsSecret: redis.tls.secretName ?? `${name}-redis-tls` } : {}),
  }
}

/** Settings of whoever is to reach it. */
export function redisSettings(
  redis: RedisPlan,
  spec: EnvironmentSpec,
  secrets: readonly SecretPlan[],
): Partial<Settings> {
  if (redis.kind === 'external' || spec.redis.kind === 'external') return {}
  const password = secrets.find(({ purpose }) => purpose === 'redis')
  const file = password?.use.kind === 'files' ? `${password.use.folder}/password` : undefined
  return {
    'store.adapter': 'redis',
    'redis.sentinels': redis.sentinelHosts.map((host) => `${host}:${redis.sentinelPort}`),
    'redis.sentinel_name': redis.primary,
    ...{ 'redis.username': AGENTS_USER, 'redis.sentinel_username': AGENTS_USER },
    ...(file === undefined ? {} : { 'redis.password_file': file, 'redis.sentinel_password_file': file }),
    'redis.ssl.enabled': redis.tlsSecret !== undefined,
    ...(redis.tlsSecret === undefined ? {} : { 'redis.ssl.ca_file': `${REDIS_TLS_FOLDER}/ca.crt` }),
    ...(spec.redis.replicas > 1 ? { 'store.durability': 'replicated', 'redis.replicas': 1 } : {}),
  }
}

/** What others may say of a Redis that is made with the deployment: the rest follows from it. */
const FREE: ReadonlySet<string> = new Set(['redis.prefix', 'redis.replicas', 'redis.shards', 'redis.timeout'])

/**
 * Refuses settings that say otherwise than the Redis that is made with the deployment: two answers to where it is would be one too many.
 *
 * @throws PolisError INVALID_CONFIG with all of them.
 */
export function refuseOtherRedis(given: Readonly<Record<string, unknown>>, spec: EnvironmentSpec): void {
  if (spec.redis.kind === 'external') return
  const clashing = Object.keys(given).filter((key) => key.startsWith('redis.') && !FREE.has(key))
  refuse(
    clashing.map(
      (key) =>
        `settings ${key} is given, but deployment.redis is managed: leave it out, or make redis { kind: 'external' }`,
    ),
  )
}

/** Refuses a durability that the servers which are made cannot give. @throws PolisError INVALID_CONFIG */
export function refuseDurability(settings: Settings, { redis }: EnvironmentSpec): void {
  if (redis.kind === 'external' || settings['store.durability'] !== 'replicated') return
  const [wanted, most] = [settings['redis.replicas'], redis.replicas - 1]
  if (wanted <= most) return
  const advice = 'raise deployment.redis.replicas, or lower it'
  refuse([
    `settings redis.replicas: expected at most ${most}, since one of ${redis.replicas} Redis servers is the primary, got ${wanted}: ${advice}`,
  ])
}

function refuse(faults: readonly string[]): void {
  if (faults.length === 0) return
  const lines = faults.map((fault) => `polis.config: ${fault}`)
  throw new PolisError('INVALID_CONFIG', lines.join('\n'), { details: { faults: lines } })
}
