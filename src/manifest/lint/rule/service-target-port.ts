import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import type { PodView } from '../world/pod.ts'

export const serviceTargetPort: Rule = {
  id: 'service-target-port',
  severity: 'error',
  title: 'A Service sends to a port by a name that its pods have not',
  explanation:
    'A target port by name must be the name of a container port, else the Service has no endpoints for it, and connections are refused.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  *check({ of, podsWith }) {
    for (const service of of('Service', '')) {
      const labels = service.at('spec', 'selector').texts
      const pods = Object.keys(labels).length === 0 ? [] : podsWith(service.namespace, labels)
      for (const port of service.at('spec', 'ports').items) {
        const target = port.at('targetPort').exists ? port.at('targetPort') : port.at('port')
        const missing = pods.find((pod) => !declares(pod, target))
        if (missing === undefined) continue
        const known = missing.ports.map(({ name, number }) => name ?? number).join(', ') || 'none'
        yield {
          at: target,
          message: `${missing.owner.kind} '${missing.owner.name}' has no port ${target.value}; it has ${known}`,
        }
      }
    }
  },
}

// What is listened to needs no declaration, unless it is called by its name.
function declares({ ports }: PodView, target: Field): boolean {
  return target.text === undefined || ports.some(({ name }) => name === target.text)
}
