import type { Field, Subject } from '../field.ts'
import type { Rule } from '../rule.ts'

export const scalerBounds: Rule = {
  id: 'scaler-bounds',
  severity: 'error',
  title: 'An autoscaler has bounds that cannot hold',
  explanation:
    'The API server refuses an HPA whose fewest pods are more than its most. Where both are one number nothing is ever scaled, and a fallback below the fewest takes pods away when metrics are lost.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/',
  *check({ of }) {
    for (const scaler of [...of('HorizontalPodAutoscaler'), ...of('ScaledObject')]) {
      const [min, max] = boundsOf(scaler)
      const [least, most] = [min.number ?? (scaler.kind === 'ScaledObject' ? 0 : 1), max.number ?? 100]
      if (least > most) yield { at: min, message: `The fewest (${least}) are more than the most (${most})` }
      else if (least === most) yield { at: max, message: `The fewest and the most are both ${most}: nothing is scaled` }
      const fallback = scaler.at('spec', 'fallback', 'replicas')
      if ((fallback.number ?? least) < least)
        yield { at: fallback, message: `Without metrics there would be fewer pods than the fewest (${least})` }
    }
  },
}

function boundsOf(scaler: Subject): readonly [Field, Field] {
  const names =
    scaler.kind === 'ScaledObject'
      ? (['minReplicaCount', 'maxReplicaCount'] as const)
      : (['minReplicas', 'maxReplicas'] as const)
  return [scaler.at('spec', names[0]), scaler.at('spec', names[1])]
}
