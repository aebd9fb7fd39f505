import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { portsOf } from '../world/pod.ts'
import { probePortsOf } from '../world/probe.ts'

export const undeclaredPort: Rule = {
  id: 'undeclared-port',
  severity: 'warning',
  title: 'A probe or a Service uses a port by a number that is not among those declared',
  explanation:
    'A container that declares some of its ports and not this one often has a wrong number here, and then the probe fails and the Service refuses. Where it is right, declare the port, and use its name.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  *check({ pods, of, podsWith }) {
    for (const container of pods.flatMap(({ containers }) => containers)) {
      const declared = portsOf(container).map(({ number }) => number)
      for (const field of probePortsOf(container)) {
        if (isOther(field, declared))
          yield { at: field, message: `Container '${container.at('name').text}' declares ${declared.join(', ')}` }
      }
    }
    for (const service of of('Service', '')) {
      const labels = service.at('spec', 'selector').texts
      const [pod] = Object.keys(labels).length === 0 ? [] : podsWith(service.namespace, labels)
      const declared = pod?.ports.map(({ number }) => number) ?? []
      for (const port of service.at('spec', 'ports').items) {
        const target = port.at('targetPort').exists ? port.at('targetPort') : port.at('port')
        if (isOther(target, declared))
          yield { at: target, message: `${pod?.owner.kind} '${pod?.owner.name}' declares ${declared.join(', ')}` }
      }
    }
  },
}

function isOther(field: Field, declared: readonly (number | undefined)[]): boolean {
  return field.number !== undefined && declared.length > 0 && !declared.includes(field.number)
}
