import type { Expression } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { expressionsIn } from '../world/expression.ts'

export const quantileWithoutLe: Rule = {
  id: 'quantile-without-le',
  severity: 'error',
  title: 'A quantile is taken of buckets that were added up',
  explanation:
    '`histogram_quantile` needs the label `le` of the buckets and their rates: an aggregation that drops it leaves nothing, and buckets without a rate tell of the whole life of the process.',
  source: 'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile',
  *check({ queries }) {
    for (const { query, part } of expressionsIn(queries)) {
      if (part.kind !== 'call' || part.name !== 'histogram_quantile') continue
      const [, buckets] = part.args
      const fault = buckets === undefined ? undefined : faultOf(buckets)
      if (fault !== undefined) yield { at: query.field, message: fault }
    }
  },
}

function faultOf(expression: Expression): string | undefined {
  if (expression.kind === 'selector' && expression.name.endsWith('_bucket')) return 'The buckets have no rate'
  if (expression.kind !== 'aggregate') return undefined
  const { by, without, args } = expression
  const isNative = !JSON.stringify(args).includes('_bucket"')
  if (isNative) return undefined
  if (by?.includes('le') === false || (by === undefined && without === undefined)) return "The aggregation drops 'le'"
  if (without?.includes('le') === true) return "The aggregation drops 'le'"
  const [inner] = args
  return inner === undefined ? undefined : faultOf(inner)
}
