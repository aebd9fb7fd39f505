import type { Plan, RedisPlan } from '../../plan.ts'

/** A kind of pods of Redis: what they are called, how they are selected, how many there are. */
export interface Part {
  /** Of the StatefulSet, its headless Service and its budget. */
  readonly name: string
  readonly component: 'redis' | 'redis-sentinel'
  readonly selector: Readonly<Record<string, string>>
  readonly count: number
  /** Name of its port, and what it is. */
  readonly port: { readonly name: string; readonly number: number }
  /** Whether a pod that is not ready may be evicted while too many are: one of Redis may be about to fetch its data. */
  readonly evictsUnhealthy: boolean
}

/** What Redis is made of, where it is made with the deployment. */
export interface Parts {
  readonly servers: Part
  readonly sentinels: Part
  readonly redis: Extract<RedisPlan, { kind: 'managed' }>
  readonly spec: Extract<Plan['spec']['redis'], { kind: 'managed' }>
  /** Of the ConfigMap with scripts and configurations. */
  readonly files: string
}

/** Undefined where others run Redis. */
export function partsOf({ name, redis, spec }: Plan): Parts | undefined {
  if (redis.kind === 'external' || spec.redis.kind === 'external') return undefined
  const selector = (component: Part['component']) => ({
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/component': component,
  })
  return {
    ...{ redis, spec: spec.redis, files: `${redis.name}-files` },
    servers: {
      ...{ name: redis.name, component: 'redis', selector: selector('redis'), count: spec.redis.replicas },
      ...{ port: { name: 'redis', number: redis.port }, evictsUnhealthy: false },
    },
    sentinels: {
      ...{ name: redis.sentinelName, component: 'redis-sentinel', selector: selector('redis-sentinel') },
      ...{ count: spec.redis.sentinels, port: { name: 'sentinel', number: redis.sentinelPort } },
      evictsUnhealthy: true,
    },
  }
}
