import type { Rule } from '../rule.ts'

export const serviceSelectsNothing: Rule = {
  id: 'service-selects-nothing',
  severity: 'error',
  title: 'A Service selects no pods',
  explanation:
    'A Service whose selector matches no pod has no endpoints: connections to it are refused, and nothing says why. Give it the labels of the pod template.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes',
  *check({ of, pods, podsWith }) {
    if (pods.length === 0) return
    for (const service of of('Service', '')) {
      const selector = service.at('spec', 'selector')
      const labels = selector.texts
      if (Object.keys(labels).length === 0 || podsWith(service.namespace, labels).length > 0) continue
      const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
      yield { at: selector, message: `No pod here has the labels ${shown.join(', ')}` }
    }
  },
}
