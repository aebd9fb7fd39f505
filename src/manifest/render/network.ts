import type { INetworkPolicy, INetworkPolicyPeer, INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1'
import { type Component, podLabels } from '../component.ts'
import { describeFlow, type Flow, type FlowPort, type Peer } from '../network/flow.ts'
import { flowsOf } from '../network/flows.ts'
import type { KubernetesObject, Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { typed } from '../typed.ts'

/** Annotation that tells, a line each, the flows that a NetworkPolicy is made from. */
const FLOWS = 'agentpolis.dev/flows'

/** NetworkPolicies: nothing is let through in the namespace but the flows that the deployment has. */
export function renderNetwork(plan: Plan): Manifest {
  const about = 'Who may talk to whom: nobody but those that each policy names.'
  if (!plan.spec.network.policies) return { file: 'network.yaml', about, objects: [] }
  return { file: 'network.yaml', about, objects: policiesOf(plan, flowsOf(plan)) }
}

/** The policy of one component: it denies what is not among the flows. */
export function componentPolicy(plan: Plan, name: Component, flows: readonly Flow[]): KubernetesObject {
  const isIt = (peer: Peer) => peer.kind === 'component' && peer.component === name
  return policy(plan, `${plan.name}-${name}`, podLabels(plan, name), flows, isIt)
}

// A policy for the whole namespace, which denies the rest, and one for each component that has flows of its own.
function policiesOf(plan: Plan, flows: readonly Flow[]): readonly KubernetesObject[] {
  const components = new Set(flows.flatMap(({ from, to }) => [from, to]).flatMap(componentIn))
  return [
    policy(plan, `${plan.name}-default`, {}, flows, (peer) => peer.kind === 'namespace'),
    ...[...components].map((name) => componentPolicy(plan, name, flows)),
  ]
}

function policy(
  plan: Plan,
  name: string,
  matchLabels: Record<string, string>,
  flows: readonly Flow[],
  isIt: (peer: Peer) => boolean,
): KubernetesObject {
  const [inward, outward] = [flows.filter(({ to }) => isIt(to)), flows.filter(({ from }) => isIt(from))]
  const told = [...inward, ...outward].map(describeFlow)
  return typed<INetworkPolicy>({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      ...{ name, namespace: plan.namespace },
      ...(told.length === 0 ? {} : { annotations: { [FLOWS]: [...new Set(told)].join('\n') } }),
    },
    spec: {
      podSelector: Object.keys(matchLabels).length === 0 ? {} : { matchLabels },
      policyTypes: ['Ingress', 'Egress'],
      // A list of nothing is not kept by the server, and would be a difference each time.
      ...(inward.length === 0
        ? {}
        : { ingress: inward.map(({ from, ports }) => ({ from: [peerOf(plan, from)], ports: ports.map(portOf) })) }),
      ...(outward.length === 0
        ? {}
        : { egress: outward.map(({ to, ports }) => ({ to: [peerOf(plan, to)], ports: ports.map(portOf) })) }),
    },
  })
}

function componentIn(peer: Peer): readonly Component[] {
  return peer.kind === 'component' ? [peer.component] : []
}

function peerOf(plan: Plan, peer: Peer): INetworkPolicyPeer {
  switch (peer.kind) {
    case 'namespace':
      return { podSelector: {} }
    case 'component':
      return { podSelector: { matchLabels: podLabels(plan, peer.component) } }
    case 'addresses':
      return { ipBlock: { cidr: peer.cidr, ...(peer.except.length === 0 ? {} : { except: [...peer.except] }) } }
    case 'pods':
      return {
        ...(peer.namespace === undefined ? {} : { namespaceSelector: { matchLabels: { ...peer.namespace } } }),
        ...(peer.pods === undefined ? {} : { podSelector: { matchLabels: { ...peer.pods } } }),
      }
  }
}

function portOf({ number, protocol }: FlowPort): INetworkPolicyPort {
  return { protocol: protocol ?? 'TCP', port: number }
}
