import type { Rule } from '../rule.ts'
import { isSame, isSelected } from '../world.ts'

export const budgetContradictsItself: Rule = {
  id: 'budget-contradicts-itself',
  severity: 'error',
  title: 'A PodDisruptionBudget is not one that works',
  explanation:
    'The API server refuses `minAvailable` beside `maxUnavailable`; a pod under two budgets can never be evicted, since the eviction API refuses to choose.',
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget',
  *check({ of, pods }) {
    const budgets = of('PodDisruptionBudget')
    for (const budget of budgets) {
      const [min, max] = [budget.at('spec', 'minAvailable'), budget.at('spec', 'maxUnavailable')]
      if (min.exists && max.exists) yield { at: max, message: 'minAvailable is given too' }
      if (!min.exists && !max.exists)
        yield { at: budget.at('spec'), message: 'Neither minAvailable nor maxUnavailable is given: it allows nothing' }
    }
    for (const { owner, namespace, labels } of pods) {
      const [first, second] = budgets.filter(
        (it) => isSame(it.namespace, namespace) && isSelected(labels, it.at('spec', 'selector')),
      )
      if (second !== undefined)
        yield {
          at: second.at('spec', 'selector'),
          message: `${owner.kind} '${owner.name}' is under '${first?.name}' too`,
        }
    }
  },
}
