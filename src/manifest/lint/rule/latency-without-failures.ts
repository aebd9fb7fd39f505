import { parsePromql, selectorsIn } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { metricOf } from '../world/metric-catalogue.ts'

export const latencyWithoutFailures: Rule = {
  id: 'latency-without-failures',
  severity: 'warning',
  title: 'A histogram of durations leaves failures out',
  explanation:
    'Where only what succeeds is observed, requests that time out are in no bucket: the slower the service becomes, the better its quantiles look. Observe in `finally`. Looked at where the source is given (`--source`).',
  source: 'https://prometheus.io/docs/practices/instrumentation/#failures',
  *check({ queries, metrics }) {
    if (metrics === undefined) return
    for (const { field, text } of queries) {
      const expression = parsePromql(text)
      for (const { name } of expression === undefined ? [] : selectorsIn(expression)) {
        if (metricOf(metrics, name)?.leavesFailuresOut === true)
          yield { at: field, message: `'${name}' is observed only where nothing failed` }
      }
    }
  },
}
