import type { Rule } from '../rule.ts'
import { portsOf } from '../world/pod.ts'

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const
const WAYS = ['httpGet', 'tcpSocket', 'grpc'] as const

export const probePort: Rule = {
  id: 'probe-port',
  severity: 'error',
  title: 'A probe asks a port that its container does not declare',
  explanation:
    'A probe of a port by a name that the container has not is refused, and one of a number where nobody listens fails for ever: the pod is restarted, or never ready.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  *check({ pods }) {
    for (const container of pods.flatMap(({ containers }) => containers)) {
      const ports = portsOf(container)
      const asked = PROBES.flatMap((probe) => WAYS.map((way) => container.at(probe, way, 'port')))
      for (const field of asked) {
        const isKnown = ports.some(({ name, number }) => field.value === name || field.value === number)
        // A number without any declared port may be right: ports need no declaration.
        if (!field.exists || isKnown || (ports.length === 0 && field.text === undefined)) continue
        const known = ports.map(({ name, number }) => name ?? number).join(', ') || 'none'
        yield {
          at: field,
          message: `Container '${container.at('name').text}' has no port ${field.value}; it has ${known}`,
        }
      }
    }
  },
}
