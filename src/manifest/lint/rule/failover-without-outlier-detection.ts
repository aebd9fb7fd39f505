import type { Rule } from '../rule.ts'

export const failoverWithoutOutlierDetection: Rule = {
  id: 'failover-without-outlier-detection',
  severity: 'error',
  title: 'Failover between localities is configured without outlier detection',
  explanation:
    'Istio leaves a locality when its endpoints are unhealthy, and only outlier detection finds that out: without it, traffic never fails over.',
  source: 'https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/failover/',
  *check({ of }) {
    for (const rule of of('DestinationRule')) {
      const holders = [rule.at('spec'), ...rule.at('spec', 'subsets').items]
      for (const policy of holders.map((holder) => holder.at('trafficPolicy'))) {
        const locality = policy.at('loadBalancer', 'localityLbSetting')
        const isOn = locality.exists && locality.at('enabled').value !== false
        const detection = [policy, rule.at('spec', 'trafficPolicy')].some(
          (it) => it.at('outlierDetection').entries.length > 0,
        )
        if (isOn && !detection) yield { at: locality, message: 'It never fails over, since nothing detects outliers' }
      }
    }
  },
}
