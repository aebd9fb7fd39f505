import { secondsOf } from '../promql/parse.ts'
import type { Rule } from '../rule.ts'
import { seriesIn } from '../world/expression.ts'

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
    for (const { at, series } of seriesIn(queries)) {
      const seconds = series.range === undefined ? undefined : secondsOf(series.range)
      if (seconds !== undefined && seconds < SHORTEST) yield { at, message: `[${series.range}] is less than a minute` }
    }
  },
}
