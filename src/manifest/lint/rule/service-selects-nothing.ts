import type { Subject } from '../field.ts'
import type { Rule } from '../rule.ts'

export const serviceSelectsNothing: Rule = {
  id: 'service-selects-nothing',
  severity: 'error',
  title: 'A Service selects no pods',
  explanation:
    'A Service whose selector matches no pod has no endpoints: connections to it are refused, and nothing says why. Give it the labels of the pod template, or the name of a pod of a StatefulSet, which has that as a label.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes',
  *check({ of, pods, podsWith, providedOf }) {
    if (pods.length === 0) return
    const hasOwnEndpoints = ({ name, namespace }: Subject) =>
      of('EndpointSlice').some((slice) => slice.labels['kubernetes.io/service-name'] === name) ||
      of('Endpoints').some((endpoints) => endpoints.name === name) ||
      providedOf('EndpointSlice', namespace, name) !== undefined
    for (const service of of('Service', '')) {
      const selector = service.at('spec', 'selector')
      if (isEmpty(service) && !hasOwnEndpoints(service))
        yield { at: service.at('spec'), message: 'It has no selector, and no EndpointSlice here is its own' }
      const labels = selector.texts
      if (Object.keys(labels).length === 0 || podsWith(service.namespace, labels).length > 0) continue
      const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
      yield { at: selector, message: `No pod here has the labels ${shown.join(', ')}` }
    }
  },
}

function isEmpty(service: Subject): boolean {
  const spec = service.at('spec')
  return spec.at('type').text !== 'ExternalName' && spec.at('ports').exists && spec.at('selector').entries.length === 0
}
