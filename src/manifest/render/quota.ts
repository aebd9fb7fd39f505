import type { ILimitRange, IResourceQuota } from 'kubernetes-models/v1'
import { demandOf } from '../demand.ts'
import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { cpuQuantity, memoryQuantity } from '../quantity.ts'
import { typed } from '../typed.ts'

/** Room beyond what the deployment needs: pods of the release before, and of the one that follows. */
const ROOM = 1.5

/** How much the namespace may use in all, and what a container has that says nothing of itself. */
export function renderQuota(plan: Plan): Manifest {
  const { namespace, name, spec } = plan
  const { quota } = spec
  const about = 'How much the namespace may use, and what a container gets that says nothing of itself.'
  if (!quota.enabled) return { file: 'quota.yaml', about, objects: [] }
  const need = demandOf(plan)
  const hard = {
    pods: String(quota.pods ?? Math.ceil(need.pods * ROOM)),
    'requests.cpu': quota.cpu ?? cpuQuantity(need.cpu * ROOM),
    'requests.memory': quota.memory ?? memoryQuantity(need.memory * ROOM),
    'limits.memory': quota.memory ?? memoryQuantity(need.memory * ROOM),
    'requests.nvidia.com/gpu': String(quota.gpus ?? need.gpus),
    'requests.storage': quota.storage ?? memoryQuantity(need.storage * ROOM),
  }
  const limits = {
    type: 'Container',
    default: { memory: '256Mi' },
    defaultRequest: { cpu: '100m', memory: '256Mi' },
  }
  return {
    ...{ file: 'quota.yaml', about },
    objects: [
      typed<IResourceQuota>({
        ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace }, spec: { hard } },
      }),
      typed<ILimitRange>({
        ...{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name, namespace }, spec: { limits: [limits] } },
      }),
    ],
  }
}
