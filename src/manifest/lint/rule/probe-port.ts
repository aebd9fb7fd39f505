import type { Rule } from '../rule.ts'
import { portsOf } from '../world/pod.ts'
import { probePortsOf } from '../world/probe.ts'

export const probePort: Rule = {
  id: 'probe-port',
  severity: 'error',
  title: 'A probe asks a port by a name that its container has not',
  explanation:
    'The probe fails for ever: the pod is restarted, or never ready. Names are those of the ports of the same container.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  *check({ pods }) {
    for (const container of pods.flatMap(({ containers }) => containers)) {
      const ports = portsOf(container)
      for (const field of probePortsOf(container)) {
        if (field.text === undefined || ports.some(({ name }) => field.text === name)) continue
        const known = ports.map(({ name, number }) => name ?? number).join(', ') || 'none'
        yield {
          at: field,
          message: `Container '${container.at('name').text}' has no port ${field.value}; it has ${known}`,
        }
      }
    }
  },
}
