import type { Rule } from '../rule.ts'

export const networkPolicyOpen: Rule = {
  id: 'network-policy-open',
  severity: 'warning',
  title: 'A NetworkPolicy opens more than it seems to',
  explanation:
    'Without a `podSelector` it is of every pod of its namespace, an item of `ports` without a port opens all of them, and an empty item of `from` or `to` is refused: a peer needs a selector or an address. Write `podSelector: {}`, and leave the whole list out, where all is meant.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/',
  *check({ of }) {
    for (const policy of of('NetworkPolicy', 'networking.k8s.io')) {
      const spec = policy.at('spec')
      if (spec.exists && !spec.at('podSelector').exists) yield { at: spec, message: 'It is of every pod' }
      const rules = [...policy.at('spec', 'ingress').items, ...policy.at('spec', 'egress').items]
      for (const port of rules.flatMap((rule) => rule.at('ports').items)) {
        if (!port.at('port').exists) yield { at: port, message: 'It opens every port' }
      }
      for (const peer of rules.flatMap((rule) => [...rule.at('from').items, ...rule.at('to').items])) {
        const [block, pods, namespaces] = [peer.at('ipBlock'), peer.at('podSelector'), peer.at('namespaceSelector')]
        if (!block.exists && !pods.exists && !namespaces.exists) yield { at: peer, message: 'It names nobody' }
        if (block.exists && (pods.exists || namespaces.exists))
          yield { at: peer, message: 'An address stands beside a selector, which is refused' }
      }
    }
  },
}
