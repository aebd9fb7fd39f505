import { BACKUP, SENTINEL } from './plan/redis.ts'
import type { ModelServerPlan, Plan, RolePlan } from './plan.ts'
import { bytesOf, memoryQuantity } from './quantity.ts'

/** What a deployment needs at its largest. CPU in cores, memory, disk and storage in bytes. */
export interface Demand {
  readonly pods: number
  readonly cpu: number
  readonly memory: number
  /** Of the nodes: temporary files, logs, models. */
  readonly disk: number
  readonly gpus: number
  /** Devices by the name of their class, where they are claimed. */
  readonly devices: Readonly<Record<string, number>>
  /** Of volume claims. */
  readonly storage: number
}

/** Share of pods that a new version of a Deployment may have beyond its replicas, at most. */
export const SURGE = 0.25

/** What a container has that says nothing of itself: of a Job, of a debugger, of a sidecar. */
export const UNSTATED = { cpu: '100m', memory: '256Mi', disk: '512Mi' } as const

/** What Istio's sidecar asks for and may have, as it comes. */
const SIDECAR = { cpu: '100m', memory: '1Gi' } as const

/** What a model server needs on the disk beside its models. */
const BESIDE_MODELS = 2 * 2 ** 30

/** Adds up all pods, each kind at its most, in the middle of a rollout. */
export function demandOf({ roles, modelServers, spec }: Plan): Demand {
  const all = [...roles.map(roleDemand), ...modelServers.map(modelDemand), ...redisDemand(spec.redis)].reduce(add)
  if (spec.mesh.kind !== 'sidecar') return all
  const sidecars = demand(all.pods, { ...SIDECAR, disk: UNSTATED.disk })
  return { ...add(all, sidecars), pods: all.pods }
}

/** Disk that a model server asks for. */
export function modelDisk({ cache }: Pick<ModelServerPlan['server'], 'cache'>): string {
  return memoryQuantity(bytesOf(cache) + BESIDE_MODELS)
}

// A release stands beside the one before, and both may be at their largest; one before that may still have a few runs.
function roleDemand(role: RolePlan): Demand {
  const { minReplicas, maxReplicas, executes } = role
  return demand(executes ? 2 * maxReplicas + minReplicas : Math.ceil(maxReplicas * (1 + SURGE)), role)
}

function modelDemand({ maxReplicas, server }: ModelServerPlan): Demand {
  const pods = maxReplicas + 1
  const count = pods * server.gpus
  const { deviceClass } = server
  return {
    ...demand(pods, { ...server, disk: modelDisk(server) }),
    ...(deviceClass === undefined ? { gpus: count } : { devices: { [deviceClass]: count } }),
  }
}

function redisDemand(redis: Plan['spec']['redis']): readonly Demand[] {
  if (redis.kind === 'external') return []
  const { replicas, sentinels, cpu, memory, storage, backup } = redis
  return [
    { ...demand(replicas, { cpu, memory, disk: UNSTATED.disk }), storage: replicas * bytesOf(storage) },
    { ...demand(sentinels, { ...SENTINEL, disk: UNSTATED.disk }), storage: sentinels * bytesOf(SENTINEL.storage) },
    ...(backup.enabled ? [{ ...demand(1, BACKUP), storage: bytesOf(backup.storage) }] : []),
  ]
}

function demand(
  pods: number,
  { cpu, memory, disk }: { readonly cpu: string; readonly memory: string; readonly disk: string },
): Demand {
  return {
    ...{ pods, cpu: pods * bytesOf(cpu), memory: pods * bytesOf(memory), disk: pods * bytesOf(disk) },
    ...{ gpus: 0, devices: {}, storage: 0 },
  }
}

function add(a: Demand, b: Demand): Demand {
  const classes = new Set([...Object.keys(a.devices), ...Object.keys(b.devices)])
  return {
    pods: a.pods + b.pods,
    cpu: a.cpu + b.cpu,
    memory: a.memory + b.memory,
    disk: a.disk + b.disk,
    gpus: a.gpus + b.gpus,
    devices: Object.fromEntries([...classes].map((name) => [name, (a.devices[name] ?? 0) + (b.devices[name] ?? 0)])),
    storage: a.storage + b.storage,
  }
}
