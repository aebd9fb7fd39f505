import type { Expression } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { expressionsIn } from '../world/expression.ts'
import { type MetricCatalogue, metricOf } from '../world/metric-catalogue.ts'

const RATES = ['rate', 'irate', 'increase']

export const rateOfGauge: Rule = {
  id: 'rate-of-gauge',
  severity: 'error',
  title: 'A rate is taken of what is no counter',
  explanation:
    'A rate takes every fall for a restart and adds it: of a gauge it is a number without meaning. Use `delta` or `deriv` for gauges. A counter compared without a rate is above its threshold for ever once it was.',
  source: 'https://prometheus.io/docs/prometheus/latest/querying/functions/#rate',
  *check({ queries, metrics }) {
    for (const { query, part } of expressionsIn(queries)) {
      const gauge = metrics === undefined ? undefined : gaugeIn(part, metrics)
      if (gauge !== undefined) yield { at: query.field, message: `'${gauge}' is a gauge` }
      const counter = query.use === 'alert' ? bareCounterIn(part) : undefined
      if (counter !== undefined) yield { at: query.field, message: `'${counter}' is compared without a rate` }
    }
  },
}

function gaugeIn(part: Expression, metrics: MetricCatalogue): string | undefined {
  const [series] = part.kind === 'call' && RATES.includes(part.name) ? part.args : []
  if (series?.kind !== 'selector') return undefined
  return metricOf(metrics, series.name)?.type === 'gauge' ? series.name : undefined
}

function bareCounterIn(part: Expression): string | undefined {
  if (part.kind !== 'binary' || !['>', '>='].includes(part.operator)) return undefined
  const { left, right } = part
  const isCounter = left.kind === 'selector' && left.name.endsWith('_total')
  return isCounter && right.kind === 'number' && right.value > 0 ? left.name : undefined
}
