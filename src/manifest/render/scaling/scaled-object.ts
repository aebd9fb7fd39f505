import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { behaviorOf } from './behavior.ts'

/** One reason to have more pods. */
export type Trigger = IScaledObject['spec']['triggers'][number]

/** A Deployment that is scaled. */
export interface Scaled {
  readonly name: string
  readonly selector: Readonly<Record<string, string>>
  readonly minReplicas: number
  readonly maxReplicas: number
}

/** Failures in a row after which a metric counts as lost. Until then, the autoscaler takes no pod away either. */
const FAILURES = 3

/**
 * Scales a Deployment by KEDA: as many pods as the trigger that wants most.
 *
 * A trigger whose metric is lost stands for the pods that there are (or the fewest, if there are less): nothing shrinks on what nobody
 * knows, while CPU and memory, for which the autoscaler asks the cluster itself, may still want more.
 */
export function scaledObject(plan: Plan, { name, selector, ...bounds }: Scaled, triggers: Trigger[]): KubernetesObject {
  return typed<IScaledObject>({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name, namespace: plan.namespace, labels: { ...selector } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicaCount: bounds.minReplicas,
      maxReplicaCount: bounds.maxReplicas,
      fallback: { failureThreshold: FAILURES, replicas: bounds.minReplicas, behavior: 'currentReplicasIfHigher' },
      advanced: { horizontalPodAutoscalerConfig: { behavior: behaviorOf(plan) } },
      triggers,
    },
  })
}
