import type { IPodSpec, IPodTemplateSpec } from 'kubernetes-models/v1'
import { parseDuration } from '../../../core/duration.ts'
import { SERVES } from '../../plan/role.ts'
import type { Plan, RolePlan } from '../../plan.ts'
import { configurationHash } from '../configuration.ts'
import { AGENT_USER, podSecurity } from '../pod/security.ts'
import { spread } from '../pod/spread.ts'
import { LOST_NODE } from '../pod/toleration.ts'
import { agentContainer, PRE_STOP } from './container.ts'
import { volumesOf } from './volume.ts'

/** A pod of one role. Other settings make another pod, by an annotation. */
export function agentPod(plan: Plan, role: RolePlan): IPodTemplateSpec {
  return {
    metadata: {
      labels: { ...plan.labels, ...role.selector, ...(role.serves ? SERVES : {}) },
      annotations: { ...plan.spec.annotations, 'agentpolis.dev/settings': configurationHash(plan) },
    },
    spec: podSpec(plan, role),
  }
}

function podSpec(plan: Plan, role: RolePlan): IPodSpec {
  const { priorityClass, nodeSelector, image } = plan.spec
  return {
    serviceAccountName: role.account,
    automountServiceAccountToken: false,
    // Else a Service called `polis-server` would look like settings.
    enableServiceLinks: false,
    ...(image.pullSecrets.length === 0 ? {} : { imagePullSecrets: image.pullSecrets.map((name) => ({ name })) }),
    ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...nodeSelector } }),
    securityContext: podSecurity(AGENT_USER),
    terminationGracePeriodSeconds: graceOf(plan),
    topologySpreadConstraints: spread(role.selector),
    tolerations: [...LOST_NODE],
    containers: [agentContainer(plan, role)],
    volumes: volumesOf(plan, role).map(({ volume }) => volume),
  }
}

// The kubelet counts from before the hook: the process must have all of its own time after it.
function graceOf({ deadlines, spec }: Plan): number {
  const more = parseDuration(spec.drainTimeout ?? 0, 'deployment.drainTimeout')
  return PRE_STOP + deadlines.grace + Math.ceil(more / 1000)
}
