import { componentOf } from '../component.ts'
import type { Plan } from '../plan.ts'
import { component, type Flow, namespaceLabels, type Peer, podsOf, tcp } from './flow.ts'

/** Who calls the API: the namespace, those who are named, and the gateway; through the waypoint, where there is one. */
export function apiFlows({ roles, spec, settings }: Plan): readonly Flow[] {
  const ports = tcp(settings['server.port'])
  const serving = roles.filter(({ serves }) => serves).map((role) => component(componentOf(role)))
  const callers: readonly Peer[] = [
    { kind: 'namespace' },
    ...spec.network.callers.map(({ namespace, pods }) => podsOf('callers', namespace, pods)),
    ...gatewayOf(spec.mesh),
  ]
  const toApi = (from: readonly Peer[], why: string): readonly Flow[] =>
    serving.flatMap((to) => from.map((peer) => ({ from: peer, to, ports, why })))
  if (spec.mesh.kind !== 'ambient') return toApi(callers, 'the API is called')
  const waypoint = component('waypoint')
  return [
    // A waypoint is reached by tunnels alone.
    ...callers.map((from) => ({ from, to: waypoint, ports: [], why: 'the API is called, through the waypoint' })),
    ...toApi([...callers, waypoint], 'the API is called'),
  ]
}

function gatewayOf(mesh: Plan['spec']['mesh']): readonly Peer[] {
  if (mesh.kind === 'none' || mesh.gateway === undefined) return []
  const [namespace = '', name = ''] = mesh.gateway.split('/')
  // Only pods of a Gateway that Istio runs are labelled with its name.
  const pods: Readonly<Record<string, string>> =
    mesh.kind === 'ambient' ? { 'gateway.networking.k8s.io/gateway-name': name } : {}
  return [podsOf('the gateway', namespaceLabels(namespace), pods)]
}
