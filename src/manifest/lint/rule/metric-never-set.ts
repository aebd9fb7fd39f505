import type { Rule } from '../rule.ts'
import { knownSeriesIn } from '../world/expression.ts'

export const metricNeverSet: Rule = {
  id: 'metric-never-set',
  severity: 'error',
  title: 'A query names a metric that is declared and never set',
  explanation:
    'The application exports the metric, and it is 0 or absent for ever, since nothing in its source sets it: alerts and scalers on it are asleep. Looked at where the source is given (`--source`).',
  source: 'https://prometheus.io/docs/practices/instrumentation/',
  *check(world) {
    for (const { at, series, metric } of knownSeriesIn(world)) {
      if (metric.isSet) continue
      const where = metric.spot === undefined ? '' : ` (${metric.spot.file}:${metric.spot.line})`
      yield { at, message: `Nothing sets '${series.name}'${where}` }
    }
  },
}
