import type { Rule } from '../rule.ts'
import { knownSeriesIn } from '../world/expression.ts'

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
  *check(world) {
    for (const { at, series, metric } of knownSeriesIn(world)) {
      for (const { label, operator, value } of series.matchers) {
        if (value === '' || ADDED.test(label)) continue
        const values = metric.closed?.[label]
        if (!metric.labels.includes(label))
          yield {
            at,
            message: `'${series.name}' has no label '${label}'; it has ${metric.labels.join(', ') || 'none'}`,
          }
        else if (values !== undefined && operator === '=' && !values.includes(value))
          yield { at, message: `'${label}' of '${series.name}' is never '${value}'` }
        else if (values !== undefined && operator === '=~' && !values.some((it) => matches(value, it)))
          yield { at, message: `'${label}' of '${series.name}' never matches '${value}'` }
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
