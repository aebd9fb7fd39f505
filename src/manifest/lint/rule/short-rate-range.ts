import { parsePromql, secondsOf, selectorsIn } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'

/** Four scrapes of 15 seconds: one may be lost, and two are needed. */
const SHORTEST = 60

export const shortRateRange: Rule = {
  id: 'short-rate-range',
  severity: 'warning',
  title: 'A rate is taken over too short a time',
  explanation:
    'A rate needs two samples within its range, better four: with scrapes each 15 to 30 seconds a range under a minute is often empty, and the alert starts again each time.',
  source: 'https://prometheus.io/docs/prometheus/latest/querying/functions/#rate',
  *check({ queries }) {
    for (const { field, text } of queries) {
      const expression = parsePromql(text)
      for (const { range } of expression === undefined ? [] : selectorsIn(expression)) {
        const seconds = range === undefined ? undefined : secondsOf(range)
        if (seconds !== undefined && seconds < SHORTEST)
          yield { at: field, message: `[${range}] is less than a minute` }
      }
    }
  },
}
