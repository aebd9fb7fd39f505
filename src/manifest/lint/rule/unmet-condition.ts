import type { Rule } from '../rule.ts'

export const unmetCondition: Rule = {
  id: 'unmet-condition',
  severity: 'error',
  title: 'An object does not meet a condition of its definition',
  explanation:
    'Definitions of custom resources set conditions in CEL, of several fields together, and the API server refuses what does not meet them. Those that compare to the object before a change are not looked at, nor the few that need what this linter has not.',
  source:
    'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules',
  *check({ subjects, schemas }) {
    for (const subject of subjects) {
      for (const { path, message } of schemas.unmetBy(subject)) yield { at: subject.at(...path), message }
    }
  },
}
