import type { Rule } from '../rule.ts'

export const servicePortNames: Rule = {
  id: 'service-port-names',
  severity: 'error',
  title: 'Ports of a Service cannot be told apart',
  explanation:
    'The API server refuses a Service of several ports of which one has no name, or two have the same; names and numbers must each be there once.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services',
  *check({ of, pods }) {
    for (const ports of of('Service', '').map((service) => service.at('spec', 'ports').items)) {
      if (ports.length < 2) continue
      const seen = new Set<string>()
      for (const port of ports) {
        const name = port.at('name').text
        if (name === undefined) yield { at: port, message: 'It has no name, as one of several' }
        else if (seen.has(name)) yield { at: port.at('name'), message: `Another port is called '${name}'` }
        if (name !== undefined) seen.add(name)
      }
    }
    for (const { ports } of pods) {
      const seen = new Set<string>()
      for (const { name, field } of ports) {
        if (name !== undefined && seen.has(name))
          yield { at: field.at('name'), message: `Another port of the pod is called '${name}'` }
        if (name !== undefined) seen.add(name)
      }
    }
  },
}
