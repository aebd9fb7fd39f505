import type { IHorizontalPodAutoscaler, IMetricSpec } from 'kubernetes-models/autoscaling/v2'
import type { KubernetesObject } from '../../object.ts'
import type { Plan, RolePlan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { CONTAINER } from '../agent/container.ts'
import { behaviorOf } from './behavior.ts'

/** Scales the pods of a role by what a cluster without more knows: CPU and memory, of the container of agents alone. */
export function podAutoscaler(plan: Plan, role: RolePlan): KubernetesObject {
  const { settings } = plan
  return typed<IHorizontalPodAutoscaler>({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: role.name,
      namespace: plan.namespace,
      labels: { ...role.selector },
      // KEDA takes no Deployment that has another autoscaler: with this, one may follow the other in one apply.
      annotations: { 'validations.keda.sh/hpa-ownership': 'false' },
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: role.name },
      minReplicas: role.minReplicas,
      maxReplicas: role.maxReplicas,
      metrics: [
        utilization('cpu', settings['scaling.target_cpu_utilization']),
        utilization('memory', settings['scaling.target_memory_utilization']),
      ],
      behavior: behaviorOf(plan),
    },
  })
}

// Of the container: a sidecar that does nothing would halve the figure.
function utilization(name: 'cpu' | 'memory', averageUtilization: number): IMetricSpec {
  return {
    type: 'ContainerResource',
    containerResource: { name, container: CONTAINER, target: { type: 'Utilization', averageUtilization } },
  }
}
