import type { IVirtualService } from '@kubernetes-models/istio/networking.istio.io/v1'
import { apiService } from '../../component.ts'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { callPaths, KEY_HEADER, REPEATABLE_METHODS, WAIT_TIMEOUT } from './call.ts'
import type { SidecarMesh } from './mesh-kind.ts'

type Spec = NonNullable<IVirtualService['spec']>
type Route = NonNullable<Spec['http']>[number]
type Match = NonNullable<Route['match']>[number]

/** When Envoy sends a request again that may be repeated. */
const RETRY_ON = 'connect-failure,refused-stream,reset,gateway-error'

/** How requests reach the API in a mesh of sidecars: the first route that matches is taken. */
export function virtualService(plan: Plan, mesh: SidecarMesh): KubernetesObject {
  const { name, host, port } = apiService(plan)
  const never = { attempts: 0 }
  const again = mesh.attempts === 0 ? never : retries(mesh)
  const { timeout } = mesh
  const paths = callPaths()
  const to = (route: Omit<Route, 'route'>): Route => ({
    ...route,
    route: [{ destination: { host, port: { number: port } } }],
  })
  return typed<IVirtualService>({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: plan.namespace },
    spec: {
      hosts: [host, ...mesh.hosts],
      gateways: ['mesh', ...(mesh.gateway === undefined ? [] : [mesh.gateway])],
      http: [
        // Istio takes no timeout of none: a route without one has none.
        to({ name: 'streams', match: streams(paths.streams), retries: never }),
        to({ name: 'waiting', match: waiting(paths.waiting), timeout: `${WAIT_TIMEOUT}s`, retries: never }),
        to({ name: 'repeatable', match: repeatable(), timeout, retries: again }),
        to({ name: 'keyed', match: keyed(paths.keyed), timeout, retries: again }),
        to({ name: 'once', timeout, retries: never }),
      ],
    },
  })
}

function retries({ attempts, localityFailover }: SidecarMesh): NonNullable<Route['retries']> {
  return { attempts, retryOn: RETRY_ON, ...(localityFailover ? { retryRemoteLocalities: true } : {}) }
}

function streams(paths: readonly string[]): Match[] {
  const accept: Match = { headers: { accept: { regex: '.*text/event-stream.*' } } }
  return [...paths.map((path): Match => ({ method: { exact: 'GET' }, uri: { regex: regexOf(path) } })), accept]
}

function waiting({ GET, POST }: ReturnType<typeof callPaths>['waiting']): Match[] {
  const by = (method: string, path: string): Match => ({ method: { exact: method }, uri: { regex: regexOf(path) } })
  const query = { queryParams: { wait: { regex: '.+' } } }
  const prefer = { headers: { prefer: { regex: '.*wait.*' } } }
  return [
    ...GET.map((path): Match => ({ ...by('GET', path), ...query })),
    ...POST.flatMap((path): Match[] => [
      { ...by('POST', path), ...query },
      { ...by('POST', path), ...prefer },
    ]),
  ]
}

function repeatable(): Match[] {
  return [{ method: { regex: REPEATABLE_METHODS.join('|') } }]
}

function keyed(paths: readonly string[]): Match[] {
  return paths.map((path) => ({
    method: { exact: 'POST' },
    uri: { regex: regexOf(path) },
    headers: { [KEY_HEADER]: { regex: '.+' } },
  }))
}

function regexOf(path: string): string {
  return path.replaceAll('.', '\\.').replaceAll('*', '[^/]+')
}
