import { componentOf } from '../component.ts'
import type { Plan } from '../plan.ts'
import { hostPeer, publicAddresses } from './address.ts'
import { apiFlows } from './api-flows.ts'
import { component, type Flow, namespaceLabels, type Peer, podsOf, tcp } from './flow.ts'
import { meshFlows, overMesh } from './mesh-flows.ts'
import { redisFlows } from './redis-flows.ts'

/**
 * Everybody who may open connections, and to whom: the one table that the NetworkPolicies and the guide are made from.
 *
 * Probes are not in it but for those of an ambient mesh: a NetworkPolicy never keeps a node from its own pods.
 */
export function flowsOf(plan: Plan): readonly Flow[] {
  const flows = [
    ...nameFlows(),
    ...apiFlows(plan),
    ...redisFlows(plan),
    ...modelFlows(plan),
    ...metricFlows(plan),
    ...endpointFlows(plan),
    ...outsideFlows(plan),
  ]
  return [...flows.map((flow) => overMesh(plan, flow)), ...meshFlows(plan)]
}

function nameFlows(): readonly Flow[] {
  const to = podsOf('DNS (kube-system)', namespaceLabels('kube-system'))
  const ports = [{ number: 53, protocol: 'UDP' }, { number: 53 }] as const
  return [{ from: { kind: 'namespace' }, to, ports, why: 'names are resolved' }]
}

function modelFlows({ roles, modelServers }: Plan): readonly Flow[] {
  if (modelServers.length === 0) return []
  const servers = component('model-server')
  const ports = tcp(...modelServers.map(({ port }) => port.number))
  const agents = roles.filter(({ executes }) => executes).map((role) => component(componentOf(role)))
  const hub = publicAddresses('the internet', '0.0.0.0/0')
  return [
    ...agents.map((from) => ({ from, to: servers, ports, why: 'models are asked' })),
    { from: servers, to: hub, ports: tcp(443), why: 'models are loaded' },
  ]
}

function metricFlows({ roles, spec, settings, modelServers }: Plan): readonly Flow[] {
  const from = podsOf('monitoring', spec.network.monitoring)
  const why = 'metrics are read'
  const agents = settings['prometheus.enabled'] ? roles.map((role) => component(componentOf(role))) : []
  const servers = tcp(...modelServers.map(({ port }) => port.number))
  return [
    ...agents.map((to) => ({ from, to, ports: tcp(settings['prometheus.port']), why })),
    ...(servers.length > 0 ? [{ from, to: component('model-server'), ports: servers, why }] : []),
  ]
}

function endpointFlows({ roles, settings }: Plan): readonly Flow[] {
  const traces = settings['tracing.enabled'] ? settings['tracing.endpoint'] : undefined
  const targets = [
    ...endpoint(traces, 'the tracing endpoint', 'traces are sent'),
    ...endpoint(settings['auth.jwt_jwks_url'], 'the key set', 'JSON Web Tokens are checked'),
  ]
  return roles.flatMap((role) => targets.map((target) => ({ from: component(componentOf(role)), ...target })))
}

function endpoint(url: string | undefined, about: string, why: string): readonly Omit<Flow, 'from'>[] {
  if (url === undefined || !URL.canParse(url)) return []
  const { hostname, port, protocol } = new URL(url)
  const usual = protocol === 'https:' ? 443 : 80
  return [{ to: hostPeer(about, hostname), ports: tcp(port === '' ? usual : Number(port)), why }]
}

function outsideFlows({ roles, spec }: Plan): readonly Flow[] {
  const about = 'what `network.egress` names'
  const why = 'models, tools, databases and webhooks are called'
  const targets = spec.network.egress.map(({ cidr, namespace, pods, ports }) => {
    const isPods = Object.keys(namespace).length + Object.keys(pods).length > 0
    const to: Peer = isPods ? podsOf(about, namespace, pods) : publicAddresses(about, cidr ?? '0.0.0.0/0')
    return { to, ports: tcp(...ports), why }
  })
  return roles.flatMap((role) => targets.map((target) => ({ from: component(componentOf(role)), ...target })))
}
