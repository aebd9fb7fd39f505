import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { KubernetesObject } from '../../object.ts'
import type { Plan, RolePlan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { ROLLING_UPDATE } from '../pod/rolling-update.ts'
import { agentPod } from './pod.ts'

/**
 * The pods of one role. Those that execute runs have the agents of one release: the next one has a Deployment of its own beside it.
 *
 * It names no replicas where an autoscaler does: the two would overrule each other at every apply.
 */
export function agentDeployment(plan: Plan, role: RolePlan): KubernetesObject {
  return typed<IDeployment>({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: role.name, namespace: plan.namespace, labels: { ...role.selector } },
    spec: {
      ...(plan.spec.scaling.by === 'none' ? { replicas: role.minReplicas } : {}),
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...role.selector } },
      strategy: ROLLING_UPDATE,
      template: agentPod(plan, role),
    },
  })
}
