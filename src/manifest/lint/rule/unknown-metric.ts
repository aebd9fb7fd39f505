import type { Rule } from '../rule.ts'
import { seriesIn } from '../world/expression.ts'
import { metricOf } from '../world/metric-catalogue.ts'

export const unknownMetric: Rule = {
  id: 'unknown-metric',
  severity: 'error',
  title: 'A query names a metric that nothing exports',
  explanation:
    'An alert on a metric that does not exist never fires, and a scaler never scales. Looked at where it is known what is exported: for our own runtime, and for a source that is given (`--source`).',
  source: 'https://prometheus.io/docs/practices/rules/',
  *check({ queries, metrics }) {
    if (metrics === undefined) return
    const recorded = queries.filter(({ use }) => use === 'record').map(({ holder }) => holder.at('record').text)
    for (const { at, series } of seriesIn(queries)) {
      const { name } = series
      if (name === '' || recorded.includes(name) || !metrics.isOurs(name) || metricOf(metrics, name)) continue
      yield { at, message: `Nothing exports '${name}'` }
    }
  },
}
