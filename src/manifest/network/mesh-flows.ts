import { componentOf } from '../component.ts'
import type { Plan } from '../plan.ts'
import { component, type Flow, namespaceLabels, type Peer, podsOf, tcp } from './flow.ts'

/** Port of the tunnels between pods of an ambient mesh (HBONE). */
const TUNNEL = 15_008

/** Port of the control plane for proxies. */
const CONTROL = 15_012

/** Where probes come from in an ambient mesh, which rewrites the address of the node. */
const PROBES: readonly Peer[] = ['169.254.7.127/32', 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128'].map((cidr) => ({
  ...{ kind: 'addresses', about: 'probes of the node', cidr, except: [] },
}))

/** The flow as it is once a mesh carries it: between pods of an ambient one, connections come through tunnels. */
export function overMesh({ spec, settings }: Plan, flow: Flow): Flow {
  const { mesh } = spec
  if (mesh.kind !== 'ambient' || !isBetweenPods(flow)) return flow
  const isPlain = mesh.plainMetrics && flow.ports.some(({ number }) => number === settings['prometheus.port'])
  return isPlain ? flow : { ...flow, ports: [...flow.ports, { number: TUNNEL }] }
}

/** What the mesh itself needs. */
export function meshFlows(plan: Plan): readonly Flow[] {
  const { mesh } = plan.spec
  if (mesh.kind === 'none') return []
  const to = podsOf('the control plane of the mesh', namespaceLabels(mesh.controlPlane), { app: 'istiod' })
  const from: Peer = mesh.kind === 'sidecar' ? { kind: 'namespace' } : component('waypoint')
  const control = { from, to, ports: tcp(CONTROL), why: 'proxies get their configuration and certificates' }
  return mesh.kind === 'sidecar' ? [control] : [control, ...probeFlows(plan)]
}

function probeFlows({ roles, settings, modelServers }: Plan): readonly Flow[] {
  const why = 'pods are asked whether they are well'
  const agents = roles.map((role) => ({ to: component(componentOf(role)), ports: tcp(settings['server.port']) }))
  const ports = tcp(...modelServers.map(({ port }) => port.number))
  const servers = ports.length > 0 ? [{ to: component('model-server'), ports }] : []
  return PROBES.flatMap((from) => [...agents, ...servers].map((target) => ({ from, ...target, why })))
}

function isBetweenPods({ from, to }: Flow): boolean {
  if (to.kind === 'component') return from.kind !== 'addresses'
  return from.kind === 'component' && to.kind === 'pods'
}
