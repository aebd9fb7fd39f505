import type { ILimitRange, ILimitRangeItem, IResourceQuota } from 'kubernetes-models/v1'
import { demandOf, UNSTATED } from '../demand.ts'
import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { cpuQuantity, memoryQuantity } from '../quantity.ts'
import { typed } from '../typed.ts'

/** Room for what nobody planned: a Job, a debugger. */
const ROOM = 1.1

/** How much the namespace may use in all, and what a container has that says nothing of itself. */
export function renderQuota(plan: Plan): Manifest {
  const { namespace, name } = plan
  const about = 'How much the namespace may use, and what a container gets that says nothing of itself.'
  if (!plan.spec.quota.enabled) return { file: 'quota.yaml', about, objects: [] }
  return {
    ...{ file: 'quota.yaml', about },
    objects: [
      typed<IResourceQuota>({
        ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace }, spec: { hard: hardOf(plan) } },
      }),
      typed<ILimitRange>({
        ...{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name, namespace }, spec: { limits: [limits()] } },
      }),
    ],
  }
}

function hardOf(plan: Plan): Readonly<Record<string, string>> {
  const { quota } = plan.spec
  const need = demandOf(plan)
  const devices = Object.entries(need.devices).map(([name, count]) => [
    `${name}.deviceclass.resource.k8s.io/devices`,
    String(count),
  ])
  return {
    pods: String(quota.pods ?? Math.ceil(need.pods * ROOM)),
    'requests.cpu': quota.cpu ?? cpuQuantity(need.cpu * ROOM),
    'requests.memory': quota.memory ?? memoryQuantity(need.memory * ROOM),
    'limits.memory': quota.memory ?? memoryQuantity(need.memory * ROOM),
    'requests.ephemeral-storage': quota.disk ?? memoryQuantity(need.disk * ROOM),
    // The only form of a quota on extended resources that is enforced.
    'requests.nvidia.com/gpu': String(quota.gpus ?? need.gpus),
    ...Object.fromEntries(devices),
    'requests.storage': quota.storage ?? memoryQuantity(need.storage * ROOM),
  }
}

// A quota refuses what does not say how much it asks for: here is what it then asks for.
function limits(): ILimitRangeItem {
  const { cpu, memory, disk } = UNSTATED
  const both = { memory, 'ephemeral-storage': disk }
  return { type: 'Container', default: both, defaultRequest: { cpu, ...both } }
}
