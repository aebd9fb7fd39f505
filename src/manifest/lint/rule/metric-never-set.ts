import { parsePromql, selectorsIn } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { metricOf } from '../world/metric-catalogue.ts'

export const metricNeverSet: Rule = {
  id: 'metric-never-set',
  severity: 'error',
  title: 'A query names a metric that is declared and never set',
  explanation:
    'The application exports the metric, and it is 0 or absent for ever, since nothing in its source sets it: alerts and scalers on it are asleep. Looked at where the source is given (`--source`).',
  source: 'https://prometheus.io/docs/practices/instrumentation/',
  *check({ queries, metrics }) {
    if (metrics === undefined) return
    for (const { field, text } of queries) {
      const expression = parsePromql(text)
      for (const { name } of expression === undefined ? [] : selectorsIn(expression)) {
        const metric = metricOf(metrics, name)
        if (metric === undefined || metric.isSet) continue
        const where = metric.spot === undefined ? '' : ` (${metric.spot.file}:${metric.spot.line})`
        yield { at: field, message: `Nothing sets '${name}'${where}` }
      }
    }
  },
}
