import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import type { Part } from './part.ts'

/** Lets one pod at a time be taken away: whoever empties nodes waits until the others have made up for it. */
export function renderBudget(
  { namespace }: Plan,
  { name, component, selector, evictsUnhealthy }: Part,
): KubernetesObject {
  return typed<IPodDisruptionBudget>({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/component': component } },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: { ...selector } },
      unhealthyPodEvictionPolicy: evictsUnhealthy ? 'AlwaysAllow' : 'IfHealthyBudget',
    },
  })
}
