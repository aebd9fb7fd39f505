import type { EnvironmentSpec } from '../../core/deployment/schema.ts'
import type { Settings } from '../../core/settings.ts'
import type { RedisPlan, SecretPlan } from '../plan.ts'
import { bytesOf } from '../quantity.ts'

const PORT = 6379
const SENTINEL_PORT = 26_379

/** Share of its memory that Redis may fill with data: the rest is for buffers, and for the copy that a rewrite of its file makes. */
const DATA_SHARE = 0.75

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
  return {
    ...{ kind: 'managed', name: `${name}-redis`, sentinelName: `${name}-redis-sentinel`, primary: name },
    ...{ port: PORT, sentinelPort: SENTINEL_PORT, secret: `${name}-redis` },
    maxmemory: Math.floor(bytesOf(redis.memory) * DATA_SHARE),
    ...(redis.tls.enabled ? { tlsSecret: redis.tls.secretName ?? `${name}-redis-tls` } : {}),
  }
}

/** Settings of whoever is to reach it. */
export function redisSettings(
  redis: RedisPlan,
  name: string,
  spec: EnvironmentSpec,
  secrets: readonly SecretPlan[],
): Partial<Settings> {
  if (redis.kind === 'external' || spec.redis.kind === 'external') return {}
  const namespace = spec.namespace ?? name
  const sentinels = Array.from(
    { length: spec.redis.sentinels },
    (_, at) => `${redis.sentinelName}-${at}.${redis.sentinelName}.${namespace}.svc:${redis.sentinelPort}`,
  )
  const password = secrets.find(({ purpose }) => purpose === 'redis')
  const file = password?.use.kind === 'files' ? `${password.use.folder}/password` : undefined
  return {
    'store.adapter': 'redis',
    'redis.sentinels': sentinels,
    'redis.sentinel_name': redis.primary,
    ...(file === undefined ? {} : { 'redis.sentinel_password_file': file }),
    'redis.ssl.enabled': redis.tlsSecret !== undefined,
    ...(redis.tlsSecret === undefined ? {} : { 'redis.ssl.ca_file': '/var/run/secrets/agentpolis/redis-tls/ca.crt' }),
    ...(spec.redis.replicas > 1 ? { 'store.durability': 'replicated', 'redis.replicas': 1 } : {}),
  }
}
