import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { KubernetesObject } from '../../object.ts'
import type { ModelServerPlan, Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { LOADING } from './container.ts'
import { modelPod } from './pod.ts'

/**
 * The pods of a model server. One more than its replicas is loaded before an old one goes, which wants a free GPU.
 *
 * It names no replicas where KEDA does. The HPA could only scale it on CPU, which says nothing of a GPU: without KEDA they stay as many.
 */
export function modelDeployment(plan: Plan, server: ModelServerPlan): KubernetesObject {
  const { name, selector, minReplicas } = server
  return typed<IDeployment>({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: plan.namespace, labels: { ...selector } },
    spec: {
      ...(plan.spec.scaling.by === 'keda' ? {} : { replicas: minReplicas }),
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: LOADING + 600,
      selector: { matchLabels: { ...selector } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: modelPod(plan, server),
    },
  })
}
