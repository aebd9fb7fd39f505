import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { isSame, isSelected } from '../world.ts'

export const budgetBlocksDrain: Rule = {
  id: 'budget-blocks-drain',
  severity: 'warning',
  title: 'A PodDisruptionBudget never lets a pod go',
  explanation:
    'A budget that allows no disruption stops the drain of every node that has such a pod, and with it upgrades of the cluster. Keep fewer than all, or run one more.',
  source:
    'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#think-about-how-your-application-reacts-to-disruptions',
  *check({ of, pods }) {
    for (const budget of of('PodDisruptionBudget')) {
      const [min, max] = [budget.at('spec', 'minAvailable'), budget.at('spec', 'maxUnavailable')]
      if (max.value === 0 || max.value === '0%') yield { at: max, message: 'No pod may ever go' }
      if (min.value === '100%') yield { at: min, message: 'All pods must be there' }
      const selected = pods.filter(
        (pod) => isSame(pod.namespace, budget.namespace) && isSelected(pod.labels, budget.at('spec', 'selector')),
      )
      const replicas = selected.map(({ owner }) => owner.at('spec', 'replicas'))
      const all = replicas.reduce((sum, field) => sum + (field.number ?? 0), 0)
      // Where something scales, how many there are is not known here.
      if (
        selected.length > 0 &&
        replicas.every((field: Field) => field.exists) &&
        (min.number ?? 0) >= all &&
        all > 0
      ) {
        yield { at: min, message: `It keeps ${min.number} of ${all} pods` }
      }
    }
  },
}
