import { type Expression, type Selector, selectorsIn, walk } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { expressionsIn } from '../world/expression.ts'

const OUTCOME = /^(status|status_code|code|result|outcome|error|success|response_code|grpc_code)$/

export const ratioOfLike: Rule = {
  id: 'ratio-of-like',
  severity: 'error',
  title: 'Both sides of a ratio filter alike',
  explanation:
    'A share of errors among errors is always 1, or nothing at all: the alert fires always or never. Leave the filter of the outcome out of the denominator.',
  source: 'https://prometheus.io/docs/practices/rules/#aggregation',
  *check({ queries }) {
    for (const { query, part } of expressionsIn(queries)) {
      if (part.kind !== 'binary' || part.operator !== '/') continue
      const same = sameFilter(part.left, part.right)
      if (isSame(part.left, part.right))
        yield { at: query.field, message: 'Both sides are the same, so that it is always 1' }
      else if (same !== undefined) yield { at: query.field, message: `Both sides ask for ${same}` }
    }
  },
}

function isSame(left: Expression, right: Expression): boolean {
  return left.kind !== 'number' && JSON.stringify(left) === JSON.stringify(right)
}

// A share by a label, or of what the numerator filters further, is none of the whole: what succeeds may be fast or slow.
function sameFilter(left: Expression, right: Expression): string | undefined {
  const [above, ...others] = selectorsIn(left)
  const [below, ...more] = selectorsIn(right)
  if (above === undefined || below === undefined || others.length + more.length > 0) return undefined
  if (JSON.stringify(groupsIn(left)) !== JSON.stringify(groupsIn(right)) || above.range !== below.range)
    return undefined
  const [asked, whole] = [filtersOf(above), filtersOf(below)]
  const isPart = above.name === below.name ? asked.every((filter) => whole.includes(filter)) : ofErrors(above)
  return isPart
    ? asked.find((filter) => whole.includes(filter) && OUTCOME.test(/^\w+/.exec(filter)?.[0] ?? ''))
    : undefined
}

function ofErrors({ name }: Selector): boolean {
  return /error|fail/i.test(name) && !/_(sum|bucket)$/.test(name)
}

function filtersOf({ matchers }: Selector): readonly string[] {
  return matchers.map(({ label, operator, value }) => `${label}${operator}"${value}"`)
}

function groupsIn(side: Expression): readonly unknown[] {
  return [...walk(side)].flatMap((each) => (each.kind === 'aggregate' ? [[each.by, each.without]] : []))
}
