import type { Rule } from '../rule.ts'

export const kedaNullIsZero: Rule = {
  id: 'keda-null-is-zero',
  severity: 'warning',
  title: 'KEDA takes an empty answer of Prometheus for zero',
  explanation:
    "`ignoreNullValues` is true by default: where the metric is lost, KEDA reads 0, shrinks to the fewest pods at peak load, and the fallback never comes. Set it to 'false', with a `fallback`.",
  source: 'https://keda.sh/docs/latest/scalers/prometheus/',
  *check({ of }) {
    for (const trigger of of('ScaledObject').flatMap((it) => it.at('spec', 'triggers').items)) {
      const field = trigger.at('metadata', 'ignoreNullValues')
      if (trigger.at('type').text !== 'prometheus' || field.text === 'false') continue
      yield {
        at: field.exists ? field : trigger.at('metadata'),
        message: 'An empty answer counts as 0',
        fix: [{ kind: 'set', path: field.path, value: 'false' }],
      }
    }
  },
}
