import type { Rule } from '../rule.ts'
import { knownSeriesIn } from '../world/expression.ts'

export const latencyWithoutFailures: Rule = {
  id: 'latency-without-failures',
  severity: 'warning',
  title: 'A histogram of durations leaves failures out',
  explanation:
    'Where only what succeeds is observed, requests that time out are in no bucket: the slower the service becomes, the better its quantiles look. Observe in `finally`. Looked at where the source is given (`--source`).',
  source: 'https://prometheus.io/docs/practices/instrumentation/#failures',
  *check(world) {
    for (const { at, series, metric } of knownSeriesIn(world)) {
      if (metric.leavesFailuresOut === true)
        yield { at, message: `'${series.name}' is observed only where nothing failed` }
    }
  },
}
