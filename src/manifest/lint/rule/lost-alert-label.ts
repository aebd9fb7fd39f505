import type { Field } from '../field.ts'
import { type Expression, parsePromql } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'

export const lostAlertLabel: Rule = {
  id: 'lost-alert-label',
  severity: 'warning',
  title: 'The text of an alert names a label that its expression drops',
  explanation:
    'What an aggregation does not keep is empty in the text: whoever is called at night reads "pod  is down". Keep the label with `by`, or leave it out of the text.',
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#templating',
  *check({ queries }) {
    for (const { text, use, holder } of queries) {
      const expression = parsePromql(text)
      const kept = use !== 'alert' || expression === undefined ? undefined : labelsOf(expression)
      if (kept === undefined) continue
      const own = Object.keys(holder.at('labels').texts)
      for (const [, annotation] of holder.at('annotations').entries) {
        for (const label of namedIn(annotation)) {
          if (!kept.includes(label) && !own.includes(label))
            yield { at: annotation, message: `The expression drops '${label}'` }
        }
      }
    }
  },
}

function namedIn(annotation: Field): readonly string[] {
  return [...(annotation.text ?? '').matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label)
}

// Undefined where it cannot be told.
function labelsOf(expression: Expression): readonly string[] | undefined {
  if (expression.kind === 'aggregate' && !['topk', 'bottomk', 'limitk'].includes(expression.name)) {
    if (expression.without !== undefined) return undefined
    return expression.by ?? []
  }
  if (expression.kind === 'binary') return labelsOf(expression.left)
  if (expression.kind === 'call' && expression.name === 'histogram_quantile') {
    const [, buckets] = expression.args
    return buckets === undefined ? undefined : labelsOf(buckets)?.filter((label) => label !== 'le')
  }
  return undefined
}
