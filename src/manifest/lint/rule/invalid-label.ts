import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'

const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/
const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

export const invalidLabel: Rule = {
  id: 'invalid-label',
  severity: 'error',
  title: 'A label is not one that Kubernetes takes',
  explanation:
    'The API server refuses keys and values of labels with other characters than letters, digits, `-`, `_` and `.`, or longer than 63. Put sentences and addresses into annotations.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set',
  *check({ subjects, pods }) {
    const holders = [
      ...subjects.map(({ root }) => root),
      ...pods.filter(({ template }) => template.path.length > 0).map(({ template }) => template),
    ]
    for (const holder of holders) {
      yield* invalidIn(holder.at('metadata', 'labels'))
      for (const [key, field] of holder.at('metadata', 'annotations').entries) {
        if (!KEY.test(key)) yield { at: field, message: `'${key}' is no key of an annotation` }
      }
    }
    for (const { root } of subjects) {
      yield* invalidIn(root.at('spec', 'selector', 'matchLabels'))
    }
  },
}

function* invalidIn(labels: Field) {
  for (const [key, field] of labels.entries) {
    if (!KEY.test(key)) yield { at: field, message: `'${key}' is no key of a label` }
    else if (field.text !== undefined && !VALUE.test(field.text))
      yield { at: field, message: `'${field.text}' is no value of a label` }
  }
}
