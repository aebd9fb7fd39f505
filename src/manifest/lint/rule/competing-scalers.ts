import type { Rule } from '../rule.ts'
import { nameOf } from '../subject.ts'

export const competingScalers: Rule = {
  id: 'competing-scalers',
  severity: 'error',
  title: 'Two autoscalers scale one workload',
  explanation:
    'Each undoes what the other chose, and the replicas swing. KEDA makes an HPA of its own from a ScaledObject: put all metrics into one of them.',
  source: 'https://keda.sh/docs/latest/concepts/scaling-deployments/#transfer-ownership-of-an-existing-hpa',
  *check({ of }) {
    const seen = new Map<string, string>()
    for (const scaler of [...of('HorizontalPodAutoscaler'), ...of('ScaledObject')]) {
      const target = scaler.at('spec', 'scaleTargetRef')
      const key = [scaler.namespace, target.at('kind').text ?? 'Deployment', target.at('name').text].join('/')
      const other = seen.get(key)
      if (other === undefined) seen.set(key, nameOf(scaler))
      else yield { at: target, message: `${other} scales it too` }
    }
  },
}
