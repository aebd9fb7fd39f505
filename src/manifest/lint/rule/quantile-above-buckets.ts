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
    const recorded = recordedBy(queries)
    for (const query of queries) {
      const expression = parsePromql(query.text)
      if (expression === undefined) continue
      for (const { quantile, threshold, isReached } of comparisonsOf(expression, query)) {
        const top = topOf(quantile, metrics, recorded)
        if (top !== undefined && (isReached ? threshold > top : threshold >= top))
          yield { at: query.field, message: `It is compared to ${threshold}, and the top bucket is ${top}` }
      }
    }
  },
}

interface Comparison {
  readonly quantile: Expression
  readonly threshold: number
  /** Whether as much is enough. */
  readonly isReached: boolean
}

function* comparisonsOf(expression: Expression, { use, holder }: QueryView): Generator<Comparison> {
  for (const each of walk(expression)) {
    if (each.kind !== 'binary') continue
    const { left, operator, right } = each
    const isReached = operator.endsWith('=')
    if (/^>=?$/.test(operator) && right.kind === 'number') yield { quantile: left, threshold: right.value, isReached }
    if (/^<=?$/.test(operator) && left.kind === 'number') yield { quantile: right, threshold: left.value, isReached }
  }
  const threshold = Number(holder.at('metadata', 'threshold').value)
  if (use === 'scaler' && Number.isFinite(threshold)) yield { quantile: expression, threshold, isReached: false }
}

/** Expressions by the name that they are recorded under. */
type Recorded = ReadonlyMap<string, Expression>

function recordedBy(queries: readonly QueryView[]): Recorded {
  const rows = queries.flatMap(({ use, holder, text }) => {
    const [name, expression] = [holder.at('record').text, parsePromql(text)]
    return use === 'record' && name !== undefined && expression !== undefined ? [[name, expression] as const] : []
  })
  return new Map(rows)
}

function topOf(expression: Expression, metrics: MetricCatalogue, recorded: Recorded): number | undefined {
  if (expression.kind === 'aggregate' && expression.args.length === 1) {
    const [only] = expression.args
    return only === undefined || expression.name === 'sum' ? undefined : topOf(only, metrics, recorded)
  }
  if (expression.kind === 'selector') {
    const kept = recorded.get(expression.name)
    // One level: what is recorded of what is recorded could be so of itself.
    return kept === undefined ? undefined : topOf(kept, metrics, new Map())
  }
  if (expression.kind !== 'call' || expression.name !== 'histogram_quantile') return undefined
  const [series] = selectorsIn(expression)
  return series === undefined ? undefined : metricOf(metrics, series.name)?.buckets?.at(-1)
}
