import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { isSelected } from '../world.ts'

export const spreadSelectsNothing: Rule = {
  id: 'spread-selects-nothing',
  severity: 'error',
  title: 'Pods are spread from pods that they are not',
  explanation:
    'A spread or an anti-affinity counts the pods that its selector has: where that leaves out the pods themselves, all of them may land on one node.',
  source:
    'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#topologyspreadconstraints-field',
  *check({ pods }) {
    for (const { spec, labels } of pods) {
      const anti = spec.at('affinity', 'podAntiAffinity')
      const selectors: readonly Field[] = [
        ...spec.at('topologySpreadConstraints').items,
        ...anti.at('requiredDuringSchedulingIgnoredDuringExecution').items,
        ...anti.at('preferredDuringSchedulingIgnoredDuringExecution').items.map((it) => it.at('podAffinityTerm')),
      ].map((it) => it.at('labelSelector'))
      const spreads = spec.at('topologySpreadConstraints').items.length
      for (const [index, selector] of selectors.entries()) {
        // An anti-affinity to others is meant; a spread of others is not.
        const isOwn = index < spreads || sharesKey(selector, labels)
        if (selector.exists && isOwn && !isSelected(labels, selector))
          yield { at: selector, message: 'It does not select the pods themselves' }
      }
    }
  },
}

function sharesKey(selector: Field, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector.at('matchLabels').texts).some(([key, value]) => labels[key] === value)
}
