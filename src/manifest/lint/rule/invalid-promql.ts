import { parsePromql } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'

export const invalidPromql: Rule = {
  id: 'invalid-promql',
  severity: 'error',
  title: 'An expression is no PromQL',
  explanation: 'Prometheus refuses the whole file of rules, and a scaler with such a query never scales.',
  source: 'https://prometheus.io/docs/prometheus/latest/querying/basics/',
  *check({ queries }) {
    for (const { field, text } of queries) {
      if (parsePromql(text) === undefined)
        yield { at: field, message: `'${text.trim().split('\n', 1)[0]}' cannot be parsed` }
    }
  },
}
