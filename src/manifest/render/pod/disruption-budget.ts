import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1'
import type { KubernetesObject } from '../../object.ts'
import { typed } from '../../typed.ts'

/** How many pods of one kind a drain of nodes may take away at once: a quarter, and one at least, so that a drain always ends. */
export function disruptionBudget(
  name: string,
  namespace: string,
  selector: Readonly<Record<string, string>>,
): KubernetesObject {
  return typed<IPodDisruptionBudget>({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace, labels: { ...selector } },
    spec: {
      maxUnavailable: '25%',
      selector: { matchLabels: { ...selector } },
      // A pod that is not ready helps nobody, and must not keep a node from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  })
}
