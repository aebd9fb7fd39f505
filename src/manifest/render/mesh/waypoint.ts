import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1'
import type { IConfigMap } from 'kubernetes-models/v1'
import { stringify } from 'yaml'
import { accountName, apiService, podLabels } from '../../component.ts'
import type { KubernetesObject, Manifest } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'

/** Name of the waypoint, and so of its pods' ServiceAccount. */
export function waypointName(plan: Plan): string {
  return accountName(plan, 'waypoint')
}

/** The waypoint, which Istio runs in our namespace: so its pods must be such as run there. */
export function waypoint(plan: Plan): readonly KubernetesObject[] {
  const { namespace, labels } = plan
  const name = waypointName(plan)
  const told = ['environment', 'compliance', 'owner', 'cost-centre'].filter((label) => labels[label] !== undefined)
  return [
    typed<IConfigMap>({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } },
      data: Object.fromEntries(Object.entries(OVERLAYS).map(([part, overlay]) => [part, stringify(overlay)])),
    }),
    typed<IGateway>({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name, namespace, labels: { 'istio.io/waypoint-for': 'service' } },
      spec: {
        gatewayClassName: 'istio-waypoint',
        infrastructure: {
          labels: {
            ...podLabels(plan, 'waypoint'),
            ...Object.fromEntries(told.map((label) => [label, labels[label] ?? ''])),
          },
          parametersRef: { group: '', kind: 'ConfigMap', name },
        },
        listeners: [{ name: 'mesh', port: 15_008, protocol: 'HBONE' }],
      },
    }),
  ]
}

/** A manifest in which the Service of the API says that its calls, also those of gateways, go through the waypoint. */
export function throughWaypoint(plan: Plan, manifest: Manifest): Manifest {
  if (plan.spec.mesh.kind !== 'ambient') return manifest
  const labels = { 'istio.io/use-waypoint': waypointName(plan), 'istio.io/ingress-use-waypoint': 'true' }
  const isApi = ({ kind, metadata }: KubernetesObject) => kind === 'Service' && metadata.name === apiService(plan).name
  const objects = manifest.objects.map((object) =>
    isApi(object)
      ? { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } }
      : object,
  )
  return { ...manifest, objects }
}

/** What Istio merges into the objects that it makes for the waypoint. */
const OVERLAYS = {
  deployment: {
    // The restricted Pod Security Standard asks for it, and Istio's own template does not have it.
    spec: { template: { spec: { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } } } },
  },
  horizontalPodAutoscaler: { spec: { minReplicas: 2, maxReplicas: 5 } },
  podDisruptionBudget: { spec: { maxUnavailable: 1 } },
} as const
