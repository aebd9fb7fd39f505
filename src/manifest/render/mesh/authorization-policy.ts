import type { IAuthorizationPolicy } from '@kubernetes-models/istio/security.istio.io/v1'
import { accountName, apiService, type Component, componentOf, podLabels } from '../../component.ts'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import type { AmbientMesh, SidecarMesh } from './mesh-kind.ts'
import { waypointName } from './waypoint.ts'

type Mesh = AmbientMesh | SidecarMesh
type Rule = NonNullable<NonNullable<IAuthorizationPolicy['spec']>['rules']>[number]

/**
 * Who may call whom, by the identity that mutual TLS proves: nobody but those named. Probes are not asked.
 *
 * All but the policy of the waypoint are of connections, so that ztunnel keeps them as well as a sidecar does.
 */
export function authorizationPolicies(plan: Plan, mesh: Mesh): readonly KubernetesObject[] {
  return [
    policy(plan, `${plan.name}-default`, {}),
    ...plan.roles.map((role) => agentPolicy(plan, mesh, componentOf(role), role.serves)),
    ...redisPolicies(plan),
    ...modelPolicies(plan),
    ...(mesh.kind === 'ambient' ? [waypointPolicy(plan, mesh)] : []),
  ]
}

/** The principals that may call the API. */
export function callersOf(mesh: Mesh): readonly string[] {
  if (mesh.gateway === undefined) return mesh.callers
  const [namespace = '', name = ''] = mesh.gateway.split('/')
  return [mesh.gatewayPrincipal ?? `cluster.local/ns/${namespace}/sa/${name}-istio`, ...mesh.callers]
}

function agentPolicy(plan: Plan, mesh: Mesh, component: Component, serves: boolean): KubernetesObject {
  // With a waypoint its identity is the one that pods see.
  const callers = mesh.kind === 'ambient' ? [principal(plan, 'waypoint')] : callersOf(mesh)
  const api = serves && callers.length > 0 ? [allow({ principals: [...callers] }, plan.settings['server.port'])] : []
  return policy(plan, `${plan.name}-${component}`, {
    selector: { matchLabels: podLabels(plan, component) },
    action: 'ALLOW',
    rules: [...api, ...metricRules(plan, mesh)],
  })
}

function metricRules({ spec, settings }: Plan, mesh: Mesh): Rule[] {
  if (!settings['prometheus.enabled']) return []
  const port = settings['prometheus.port']
  // Who comes without TLS has no identity: the NetworkPolicy alone says who it is.
  if (mesh.plainMetrics) return [{ to: [{ operation: { ports: [String(port)] } }] }]
  return monitoringOf(spec).map((namespace) => allow({ namespaces: [namespace] }, port))
}

function monitoringOf({ network }: Plan['spec']): readonly string[] {
  const namespace = network.monitoring['kubernetes.io/metadata.name']
  return namespace === undefined ? [] : [namespace]
}

function redisPolicies(plan: Plan): readonly KubernetesObject[] {
  if (plan.redis.kind === 'external') return []
  const { port, sentinelPort } = plan.redis
  const clients: readonly Component[] = [...plan.roles.map(componentOf), 'redis', 'redis-sentinel', 'backup']
  const principals = clients.map((component) => principal(plan, component))
  return (['redis', 'redis-sentinel'] as const).map((component) =>
    policy(plan, `${plan.name}-${component}`, {
      selector: { matchLabels: podLabels(plan, component) },
      action: 'ALLOW',
      rules: [allow({ principals }, component === 'redis' ? port : sentinelPort)],
    }),
  )
}

function modelPolicies(plan: Plan): readonly KubernetesObject[] {
  const ports = [...new Set(plan.modelServers.map(({ port }) => port.number))]
  if (ports.length === 0) return []
  const agents = plan.roles.filter(({ executes }) => executes).map((role) => principal(plan, componentOf(role)))
  const rules = ports.flatMap((port) => [
    allow({ principals: agents }, port),
    ...monitoringOf(plan.spec).map((namespace) => allow({ namespaces: [namespace] }, port)),
  ])
  const selector = { matchLabels: podLabels(plan, 'model-server') }
  return [policy(plan, `${plan.name}-model-server`, { selector, action: 'ALLOW', rules })]
}

function waypointPolicy(plan: Plan, mesh: AmbientMesh): KubernetesObject {
  const callers = [...callersOf(mesh)]
  return policy(plan, waypointName(plan), {
    targetRefs: [{ group: '', kind: 'Service', name: apiService(plan).name }],
    action: 'ALLOW',
    rules: callers.length === 0 ? [] : [{ from: [{ source: { principals: callers } }] }],
  })
}

function allow(source: { principals: string[] } | { namespaces: string[] }, port: number): Rule {
  return { from: [{ source }], to: [{ operation: { ports: [String(port)] } }] }
}

function principal(plan: Plan, component: Component): string {
  const account = component === 'waypoint' ? waypointName(plan) : accountName(plan, component)
  return `cluster.local/ns/${plan.namespace}/sa/${account}`
}

function policy({ namespace }: Plan, name: string, spec: NonNullable<IAuthorizationPolicy['spec']>): KubernetesObject {
  return typed<IAuthorizationPolicy>({
    ...{ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name, namespace }, spec },
  })
}
