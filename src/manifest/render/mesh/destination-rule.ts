import type { IDestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1'
import { apiService } from '../../component.ts'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import type { AmbientMesh, SidecarMesh } from './mesh-kind.ts'

type Policy = NonNullable<NonNullable<IDestinationRule['spec']>['trafficPolicy']>

/** Share of the requests in flight that may be repetitions: more would be a storm. */
const RETRY_SHARE = 0.1

/** How the pods of the API share its load, how much each caller's proxy may have in flight, and when a pod is left out. */
export function destinationRule(plan: Plan, mesh: AmbientMesh | SidecarMesh): KubernetesObject {
  const { name, host } = apiService(plan)
  const { errors, interval, time, most } = mesh.ejection
  return typed<IDestinationRule>({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name, namespace: plan.namespace },
    spec: {
      host,
      trafficPolicy: {
        loadBalancer: loadBalancer(mesh),
        connectionPool: connectionPool(plan),
        outlierDetection: {
          consecutive5xxErrors: errors,
          ...{ interval, baseEjectionTime: time, maxEjectionPercent: most },
        },
        // Between waypoint and pod the ambient mesh encrypts by itself.
        ...(mesh.kind === 'sidecar' ? { tls: { mode: 'ISTIO_MUTUAL' } } : {}),
      },
    },
  })
}

function loadBalancer(mesh: AmbientMesh | SidecarMesh): Policy['loadBalancer'] {
  const simple = 'LEAST_REQUEST'
  if (mesh.kind === 'ambient' || !mesh.localityFailover) return { simple }
  const failoverPriority = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']
  return { simple, localityLbSetting: { enabled: true, failoverPriority } }
}

// Limits are of each proxy, over all pods: no less than these serve, so that it is they who refuse what is too much. A run in execution may
// be followed by a stream, which is not among the requests that a pod counts.
function connectionPool({ roles, settings }: Plan): Policy['connectionPool'] {
  const pods = roles.find(({ serves }) => serves)?.maxReplicas ?? 1
  const perPod = settings['server.max_concurrent_requests'] + settings['agent.max_concurrent_workflows']
  const requests = Math.min(perPod * pods, 2 ** 31 - 1)
  return {
    tcp: { maxConnections: requests, connectTimeout: '5s' },
    http: {
      http1MaxPendingRequests: requests,
      http2MaxRequests: requests,
      maxRetries: Math.max(1, Math.ceil(settings['server.max_concurrent_requests'] * RETRY_SHARE)),
    },
  }
}
