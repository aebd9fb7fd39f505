import type {
  IHTTPRoute,
  IHTTPRouteMatch,
  IHTTPRouteRule,
} from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1'
import { PATHS } from '../../../core/ports.ts'
import { apiService } from '../../component.ts'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { KEY_HEADER, REPEATABLE_METHODS, WAIT_TIMEOUT } from './call.ts'
import type { AmbientMesh } from './mesh-kind.ts'

type Part = Pick<IHTTPRouteMatch, 'headers' | 'queryParams'>

/**
 * How requests reach the API in an ambient mesh: a route of its Service, which the waypoint follows, and one of the gateway, where there is
 * one, which hands on to the waypoint.
 *
 * Of several matches the most specific is taken: by path, by whether it has a method, by how many headers, then how many query parameters
 * it names; the first of equals. So `RUNS` says whatever a request may carry together, and no path is a regular expression, for which the
 * Gateway API leaves the order open.
 */
export function httpRoutes(plan: Plan, mesh: AmbientMesh): readonly KubernetesObject[] {
  const service = serviceRoute(plan, mesh)
  return mesh.gateway === undefined ? [service] : [service, gatewayRoute(plan, mesh, mesh.gateway)]
}

const ACCEPT: Part = { headers: [regex('accept', '.*text/event-stream.*')] }
const KEY: Part = { headers: [regex(KEY_HEADER, '.+')] }
const PREFER: Part = { headers: [regex('prefer', '.*wait.*')] }
const QUERY: Part = { queryParams: [{ type: 'RegularExpression', name: 'wait', value: '.+' }] }

/** Where POSTs that take a key and may wait are, and no others but `ONCE`. */
const RUNS: readonly IHTTPRouteMatch['path'][] = [
  { type: 'Exact', value: `${PATHS.api}/runs` },
  { type: 'PathPrefix', value: `${PATHS.api}/agents` },
  { type: 'PathPrefix', value: `${PATHS.api}/sessions` },
]

/** POSTs below those that take no key. */
const ONCE: readonly IHTTPRouteMatch['path'][] = [{ type: 'Exact', value: `${PATHS.api}/sessions` }]

function serviceRoute(plan: Plan, mesh: AmbientMesh): KubernetesObject {
  const { name, port } = apiService(plan)
  const { timeout: request, attempts } = mesh
  const backendRefs = [{ name, port }]
  const retry = mesh.routeRetries && attempts > 0 ? { retry: { attempts, codes: [502, 503, 504] } } : {}
  const rules: IHTTPRouteRule[] = [
    { name: 'streams', matches: streams(), timeouts: { request: '0s' }, backendRefs },
    { name: 'waiting', matches: waiting(), timeouts: { request: `${WAIT_TIMEOUT}s` }, backendRefs },
    { name: 'repeatable', matches: repeatable(), timeouts: { request }, ...retry, backendRefs },
    { name: 'keyed', matches: post(KEY), timeouts: { request }, ...retry, backendRefs },
    { name: 'once', matches: once(), timeouts: { request }, backendRefs },
  ]
  return typed<IHTTPRoute>({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace: plan.namespace },
    spec: { parentRefs: [{ group: '', kind: 'Service', name, port }], rules },
  })
}

function gatewayRoute(plan: Plan, { hosts }: AmbientMesh, gateway: string): KubernetesObject {
  const { name, port } = apiService(plan)
  const [namespace = '', gatewayName = ''] = gateway.split('/')
  return typed<IHTTPRoute>({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: `${name}-gateway`, namespace: plan.namespace },
    spec: {
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace, name: gatewayName }],
      ...(hosts.length === 0 ? {} : { hostnames: [...hosts] }),
      // Timeouts and retries are the waypoint's: here they would multiply.
      rules: [{ name: 'api', backendRefs: [{ name, port }] }],
    },
  })
}

function streams(): IHTTPRouteMatch[] {
  return [{ ...everywhere(), method: 'GET', ...ACCEPT }, ...post(ACCEPT), ...post({ ...ACCEPT, ...QUERY })]
}

function waiting(): IHTTPRouteMatch[] {
  const get: IHTTPRouteMatch = { ...everywhere(), method: 'GET', ...QUERY }
  return [get, ...post(PREFER), ...post(QUERY), ...post({ ...KEY, ...QUERY })]
}

function repeatable(): IHTTPRouteMatch[] {
  return REPEATABLE_METHODS.map((method) => ({ ...everywhere(), method }))
}

function once(): IHTTPRouteMatch[] {
  return [everywhere(), ...ONCE.map((path): IHTTPRouteMatch => ({ path, method: 'POST' }))]
}

function post(part: Part): IHTTPRouteMatch[] {
  return RUNS.map((path): IHTTPRouteMatch => ({ path, method: 'POST', ...part }))
}

function everywhere(): IHTTPRouteMatch {
  return { path: { type: 'PathPrefix', value: '/' } }
}

function regex(name: string, value: string): NonNullable<IHTTPRouteMatch['headers']>[number] {
  return { type: 'RegularExpression', name, value }
}
