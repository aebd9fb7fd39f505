import type { IAffinity, IPodSpec, IPodTemplateSpec } from 'kubernetes-models/v1'
import type { ModelServerPlan, Plan } from '../../plan.ts'
import { podSecurity } from '../pod/security.ts'
import { spread } from '../pod/spread.ts'
import { CLAIM } from './claim-template.ts'
import { CACHE, modelContainer, PRE_STOP } from './container.ts'

/** The user that vLLM's image has beside root, and its group, which owns what that user may write (vllm-project/vllm#40275). */
const USER = 2000
const GROUP = 0

/** Seconds that a server has to end in, once requests had their time. */
const END = 30

/** A pod of a model server, on a node that has the GPUs. */
export function modelPod(plan: Plan, server: ModelServerPlan): IPodTemplateSpec {
  const { annotations } = plan.spec
  return {
    metadata: {
      labels: { ...plan.labels, ...server.selector },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }),
    },
    spec: podSpec(plan, server),
  }
}

function podSpec(plan: Plan, model: ModelServerPlan): IPodSpec {
  const { name, account, server, selector } = model
  const { priorityClass, image } = plan.spec
  return {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(image.pullSecrets.length === 0 ? {} : { imagePullSecrets: image.pullSecrets.map((each) => ({ name: each })) }),
    ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
    affinity: onNodes(server.pool),
    // Such nodes are kept free of what needs no GPU.
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    ...(server.deviceClass === undefined ? {} : { resourceClaims: [{ name: CLAIM, resourceClaimTemplateName: name }] }),
    securityContext: podSecurity(USER, GROUP),
    terminationGracePeriodSeconds: PRE_STOP + END,
    topologySpreadConstraints: spread(selector),
    containers: [modelContainer(plan, model)],
    volumes: [
      { name: CACHE.name, emptyDir: { sizeLimit: server.cache } },
      { name: 'tmp', emptyDir: {} },
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: server.sharedMemory } },
    ],
  }
}

function onNodes(pool: Readonly<Record<string, string>>): IAffinity {
  const matchExpressions = Object.entries(pool).map(([key, value]) => ({
    key,
    operator: 'In' as const,
    values: [value],
  }))
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  }
}
