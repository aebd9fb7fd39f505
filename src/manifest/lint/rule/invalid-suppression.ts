import type { Rule } from '../rule.ts'
import { suppressionsOf } from '../suppression.ts'

export const invalidSuppression: Rule = {
  id: 'invalid-suppression',
  severity: 'warning',
  title: 'A finding is to be ignored without a reason',
  explanation:
    'What is ignored needs its reason, in brackets behind the id of the rule: `lint.agentpolis.dev/ignore: host-access (reads the logs of the node)`. Without one it is not ignored.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/',
  *check({ subjects }) {
    for (const { id, reason, field } of subjects.flatMap(suppressionsOf)) {
      if (reason === '') yield { at: field, message: `'${id}' has no reason in brackets, and is not ignored` }
      else if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) yield { at: field, message: `'${id}' is no id of a rule` }
    }
  },
}
