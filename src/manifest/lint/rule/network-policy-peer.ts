import type { Rule } from '../rule.ts'
import { isSame, isSelected } from '../world.ts'

export const networkPolicyPeer: Rule = {
  id: 'network-policy-peer',
  severity: 'error',
  title: 'A NetworkPolicy lets pods through that do not exist',
  explanation:
    'A peer by pod labels alone means pods of the same namespace: where none has these labels, nobody comes through. Pods of other namespaces need a `namespaceSelector` in the same item.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  *check({ of, pods }) {
    if (pods.length === 0) return
    for (const policy of of('NetworkPolicy', 'networking.k8s.io')) {
      const spec = policy.at('spec')
      const peers = [
        ...spec.at('ingress').items.flatMap((rule) => rule.at('from').items),
        ...spec.at('egress').items.flatMap((rule) => rule.at('to').items),
      ]
      for (const peer of peers) {
        const selector = peer.at('podSelector')
        if (!selector.exists || peer.at('namespaceSelector').exists || selector.entries.length === 0) continue
        if (pods.some((pod) => isSame(pod.namespace, policy.namespace) && isSelected(pod.labels, selector))) continue
        yield { at: selector, message: 'No pod of the namespace is selected' }
      }
    }
  },
}
