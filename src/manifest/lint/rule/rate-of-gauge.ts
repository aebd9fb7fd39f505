import { parsePromql, walk } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { metricOf } from '../world/metric-catalogue.ts'

const RATES = ['rate', 'irate', 'increase']

export const rateOfGauge: Rule = {
  id: 'rate-of-gauge',
  severity: 'error',
  title: 'A rate is taken of what is no counter',
  explanation:
    'A rate takes every fall for a restart and adds it: of a gauge it is a number without meaning. Use `delta` or `deriv` for gauges. A counter compared without a rate is above its threshold for ever once it was.',
  source: 'https://prometheus.io/docs/prometheus/latest/querying/functions/#rate',
  *check({ queries, metrics }) {
    for (const { field, text, use } of queries) {
      const expression = parsePromql(text)
      for (const each of expression === undefined ? [] : walk(expression)) {
        if (each.kind === 'call' && RATES.includes(each.name)) {
          const [series] = each.args
          const type =
            series?.kind === 'selector' && metrics !== undefined ? metricOf(metrics, series.name)?.type : undefined
          if (type === 'gauge' && series?.kind === 'selector')
            yield { at: field, message: `'${series.name}' is a gauge` }
        }
        const isCompared =
          use === 'alert' &&
          each.kind === 'binary' &&
          ['>', '>='].includes(each.operator) &&
          each.right.kind === 'number'
        if (
          isCompared &&
          each.left.kind === 'selector' &&
          each.left.name.endsWith('_total') &&
          each.right.kind === 'number' &&
          each.right.value > 0
        ) {
          yield { at: field, message: `'${each.left.name}' is compared without a rate` }
        }
      }
    }
  },
}
