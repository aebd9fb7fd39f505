import type { Plan } from './plan.ts'
import { bytesOf } from './quantity.ts'

/** What a deployment needs at its largest. CPU in cores, memory and storage in bytes. */
export interface Demand {
  readonly pods: number
  readonly cpu: number
  readonly memory: number
  readonly gpus: number
  readonly storage: number
}

/** Adds up all pods, each kind at its most. */
export function demandOf({ roles, spec }: Plan): Demand {
  const pods = roles.map(({ maxReplicas: count, cpu, memory }) => demand(count, cpu, memory))
  const servers = Object.values(spec.modelServers).map((server) =>
    demand(server.maxReplicas, server.cpu, server.memory, server.gpus),
  )
  return [...pods, ...servers, ...redisDemand(spec.redis)].reduce(add)
}

function redisDemand(redis: Plan['spec']['redis']): readonly Demand[] {
  if (redis.kind === 'external') return []
  const { replicas, sentinels, cpu, memory, storage, backup } = redis
  return [
    { ...demand(replicas, cpu, memory), storage: replicas * bytesOf(storage) },
    demand(sentinels, '100m', '64Mi'),
    ...(backup.enabled ? [{ ...demand(1, '250m', '512Mi'), storage: bytesOf(backup.storage) }] : []),
  ]
}

function demand(pods: number, cpu: string, memory: string, gpus = 0): Demand {
  return { pods, cpu: pods * bytesOf(cpu), memory: pods * bytesOf(memory), gpus: pods * gpus, storage: 0 }
}

function add(a: Demand, b: Demand): Demand {
  return {
    pods: a.pods + b.pods,
    cpu: a.cpu + b.cpu,
    memory: a.memory + b.memory,
    gpus: a.gpus + b.gpus,
    storage: a.storage + b.storage,
  }
}
