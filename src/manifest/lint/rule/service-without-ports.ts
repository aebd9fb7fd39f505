import type { Rule } from '../rule.ts'

export const serviceWithoutPorts: Rule = {
  id: 'service-without-ports',
  severity: 'error',
  title: 'A Service has no ports',
  explanation:
    'The API server refuses it: only a headless Service, which gives its pods names, and an ExternalName may have none.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#headless-services',
  *check({ of }) {
    for (const spec of of('Service', '').map((service) => service.at('spec'))) {
      const isName = spec.at('type').text === 'ExternalName' || spec.at('clusterIP').text === 'None'
      if (spec.exists && !isName && spec.at('ports').items.length === 0) yield { at: spec, message: 'It needs a port' }
    }
  },
}
