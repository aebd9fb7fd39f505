import { type Expression, parsePromql, selectorsIn, walk } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'

const OUTCOME = /^(status|status_code|code|result|outcome|error|success|response_code|grpc_code)$/

export const ratioOfLike: Rule = {
  id: 'ratio-of-like',
  severity: 'error',
  title: 'Both sides of a ratio filter alike',
  explanation:
    'A share of errors among errors is always 1, or nothing at all: the alert fires always or never. Leave the filter of the outcome out of the denominator.',
  source: 'https://prometheus.io/docs/practices/rules/#aggregation',
  *check({ queries }) {
    for (const { field, text } of queries) {
      const expression = parsePromql(text)
      for (const each of expression === undefined ? [] : walk(expression)) {
        if (each.kind !== 'binary' || each.operator !== '/') continue
        const same = sameFilter(each.left, each.right)
        if (JSON.stringify(each.left) === JSON.stringify(each.right))
          yield { at: field, message: 'Both sides are the same, so that it is always 1' }
        else if (same !== undefined) yield { at: field, message: `Both sides ask for ${same}` }
      }
    }
  },
}

function sameFilter(left: Expression, right: Expression): string | undefined {
  const filters = (side: Expression) =>
    selectorsIn(side).flatMap(({ matchers }) =>
      matchers
        .filter(({ label }) => OUTCOME.test(label))
        .map(({ label, operator, value }) => `${label}${operator}"${value}"`),
    )
  const below = filters(right)
  return filters(left).find((filter) => below.includes(filter))
}
