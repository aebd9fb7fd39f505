import type { Rule } from '../rule.ts'

export const noObject: Rule = {
  id: 'no-object',
  severity: 'error',
  title: 'A document looks like an object of Kubernetes and is none',
  explanation:
    'Every object says its `apiVersion` and its `kind`: without them nothing can be applied, and nothing of it is looked at here.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields',
  *check({ problems }) {
    for (const { kind, spot, message } of problems) {
      if (kind === 'no-object') yield { at: spot, message }
    }
  },
}
