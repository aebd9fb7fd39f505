import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { isSame, isSelected } from '../world.ts'

/** Ports of the proxies of Istio, which stand beside containers: tunnels, health and metrics. */
const MESH_PORTS = [15_008, 15_020, 15_021, 15_090]

export const networkPolicyPort: Rule = {
  id: 'network-policy-port',
  severity: 'error',
  title: 'A NetworkPolicy opens a port that no selected pod declares',
  explanation:
    'The rule lets nothing through, and the port that is really served stays shut. A port by name must be the name of a container port.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  *check({ of, pods }) {
    for (const policy of of('NetworkPolicy', 'networking.k8s.io')) {
      const targets = pods.filter(
        (pod) => isSame(pod.namespace, policy.namespace) && isSelected(pod.labels, policy.at('spec', 'podSelector')),
      )
      const declared = targets.flatMap((pod) => pod.ports)
      // Pods need not declare what they serve: those that declare nothing say nothing.
      if (declared.length === 0) continue
      for (const port of policy
        .at('spec', 'ingress')
        .items.flatMap((rule) => rule.at('ports').items.map((it) => it.at('port')))) {
        if (
          port.exists &&
          !MESH_PORTS.includes(port.number ?? 0) &&
          !isWithin(port) &&
          !declared.some(({ name, number }) => port.value === name || port.value === number)
        ) {
          yield { at: port, message: `No selected pod has a port ${port.value}` }
        }
      }
    }
  },
}

// A range is told by its first port, and may hold ports that are declared.
function isWithin(port: Field): boolean {
  return port.subject.at(...port.path.slice(0, -1)).at('endPort').exists
}
