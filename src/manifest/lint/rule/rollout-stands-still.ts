import type { Rule } from '../rule.ts'

export const rolloutStandsStill: Rule = {
  id: 'rollout-stands-still',
  severity: 'error',
  title: 'A rollout can never begin',
  explanation:
    'The API server refuses a rolling update that may neither add a pod nor take one away, and a `rollingUpdate` beside `type: Recreate`.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy',
  *check({ of }) {
    for (const strategy of of('Deployment').map((it) => it.at('spec', 'strategy'))) {
      const rolling = strategy.at('rollingUpdate')
      const isNone = (value: unknown) => value === 0 || value === '0' || value === '0%'
      if (strategy.at('type').text === 'Recreate' && rolling.exists)
        yield { at: rolling, message: 'Recreate has no rolling update' }
      const [surge, gone] = [rolling.at('maxSurge'), rolling.at('maxUnavailable')]
      if (isNone(surge.value) && isNone(gone.value))
        yield { at: surge, message: 'No pod may be added, and none taken away' }
    }
  },
}
