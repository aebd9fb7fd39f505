import { type Expression, parsePromql, selectorsIn, walk } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { type MetricCatalogue, metricOf } from '../world/metric-catalogue.ts'
import type { QueryView } from '../world/query.ts'

export const quantileAboveBuckets: Rule = {
  id: 'quantile-above-buckets',
  severity: 'error',
  title: 'A threshold lies above the top bucket of its histogram',
  explanation:
    'A quantile is never above the largest bucket that is not infinite: compared to as much or more, the alert never fires and the scaler never scales. Lower the threshold, or give the histogram a larger bucket.',
  source: 'https://prometheus.io/docs/practices/histograms/#errors-of-quantile-estimation',
  *check({ queries, metrics }) {
    if (metrics === undefined) return
    for (const query of queries) {
      const expression = parsePromql(query.text)
      if (expression === undefined) continue
      for (const [quantile, threshold] of comparisonsOf(expression, query)) {
        const top = topOf(quantile, metrics)
        if (top !== undefined && threshold >= top)
          yield { at: query.field, message: `It is compared to ${threshold}, and the top bucket is ${top}` }
      }
    }
  },
}

function* comparisonsOf(expression: Expression, { use, holder }: QueryView): Generator<readonly [Expression, number]> {
  for (const each of walk(expression)) {
    if (each.kind === 'binary' && (each.operator === '>' || each.operator === '>=') && each.right.kind === 'number')
      yield [each.left, each.right.value]
  }
  const threshold = Number(holder.at('metadata', 'threshold').value)
  if (use === 'scaler' && Number.isFinite(threshold)) yield [expression, threshold]
}

function topOf(expression: Expression, metrics: MetricCatalogue): number | undefined {
  if (expression.kind === 'aggregate' && expression.args.length === 1) {
    const [only] = expression.args
    return only === undefined || expression.name === 'sum' ? undefined : topOf(only, metrics)
  }
  if (expression.kind !== 'call' || expression.name !== 'histogram_quantile') return undefined
  const [series] = selectorsIn(expression)
  return series === undefined ? undefined : metricOf(metrics, series.name)?.buckets?.at(-1)
}
