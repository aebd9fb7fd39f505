import type { Rule } from '../rule.ts'
import { durationOf } from '../world/amount.ts'

export const retriesBeyondTimeout: Rule = {
  id: 'retries-beyond-timeout',
  severity: 'warning',
  title: 'Retries do not fit into the timeout of their route',
  explanation:
    'The timeout of a route is for all attempts together: where the first try may take as long, no retry is ever made.',
  source: 'https://istio.io/latest/docs/concepts/traffic-management/#retries',
  *check({ of }) {
    for (const route of of('VirtualService').flatMap((it) => it.at('spec', 'http').items)) {
      const attempts = route.at('retries', 'attempts').number ?? 0
      const [each, whole] = [
        durationOf(route.at('retries', 'perTryTimeout').text),
        durationOf(route.at('timeout').text),
      ]
      if (attempts === 0 || each === undefined || whole === undefined || whole === 0 || each < whole) continue
      yield {
        at: route.at('retries', 'perTryTimeout'),
        message: `One try may take as long as all (${route.at('timeout').text})`,
      }
    }
  },
}
