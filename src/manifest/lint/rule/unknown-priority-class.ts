import type { Rule } from '../rule.ts'

export const unknownPriorityClass: Rule = {
  id: 'unknown-priority-class',
  severity: 'warning',
  title: 'A pod has a PriorityClass that nothing here makes',
  explanation:
    'The API server refuses pods whose PriorityClass does not exist. Where the cluster has it already, say so with `lint.agentpolis.dev/provided: PriorityClass/name`.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/',
  *check({ pods, exists }) {
    for (const { spec } of pods) {
      const field = spec.at('priorityClassName')
      const name = field.text ?? ''
      if (name === '' || name.startsWith('system-')) continue
      if (exists('PriorityClass', '', name)) continue
      yield { at: field, message: `Nothing here makes a PriorityClass '${name}'` }
    }
  },
}
