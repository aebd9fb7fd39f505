import type { Rule } from '../rule.ts'
import { LASTING_KINDS } from '../world/pod.ts'
import { isSelected } from '../world.ts'

export const selectorMismatch: Rule = {
  id: 'selector-mismatch',
  severity: 'error',
  title: 'A workload does not select its own pods',
  explanation:
    'The API server refuses a workload whose selector does not match the labels of its pod template. The selector cannot be changed later, so choose labels that stay.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector',
  *check({ pods }) {
    for (const { owner, labels } of pods) {
      const selector = owner.at('spec', 'selector')
      if (!LASTING_KINDS.includes(owner.kind) || owner.kind === 'ReplicationController' || !selector.exists) continue
      if (!isSelected(labels, selector))
        yield { at: selector, message: 'It does not match the labels of the pod template' }
    }
  },
}
