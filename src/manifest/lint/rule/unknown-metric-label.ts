import { parsePromql, selectorsIn } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { metricOf } from '../world/metric-catalogue.ts'

/** Labels that scraping adds, or that clusters do. */
const ADDED =
  /^(job|instance|namespace|pod|container|service|endpoint|node|cluster|region|zone|environment|release|prometheus|le|quantile|__\w+|app\w*|exported_\w+)$/

export const unknownMetricLabel: Rule = {
  id: 'unknown-metric-label',
  severity: 'error',
  title: 'A query asks for a label, or a value of one, that its metric never has',
  explanation:
    'A selector that matches no series makes an alert that never fires. Looked at where it is known what is exported.',
  source: 'https://prometheus.io/docs/prometheus/latest/querying/basics/#instant-vector-selectors',
  *check({ queries, metrics }) {
    if (metrics === undefined) return
    for (const { field, text } of queries) {
      const expression = parsePromql(text)
      for (const { name, matchers } of expression === undefined ? [] : selectorsIn(expression)) {
        const metric = metricOf(metrics, name)
        for (const { label, operator, value } of metric === undefined ? [] : matchers) {
          if (value === '' || ADDED.test(label)) continue
          const values = metric?.closed?.[label]
          if (!metric?.labels.includes(label))
            yield {
              at: field,
              message: `'${name}' has no label '${label}'; it has ${metric?.labels.join(', ') || 'none'}`,
            }
          else if (values !== undefined && operator === '=' && !values.includes(value))
            yield { at: field, message: `'${label}' of '${name}' is never '${value}'` }
          else if (values !== undefined && operator === '=~' && !values.some((it) => matches(value, it)))
            yield { at: field, message: `'${label}' of '${name}' never matches '${value}'` }
        }
      }
    }
  },
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value)
  } catch {
    return true
  }
}
