import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { PATHS, PORTS } from '../../../core/ports.ts'
import { type Component, componentOf } from '../../component.ts'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'

/** PodMonitors for the Prometheus operator, where they are asked for: of agents, and of model servers. */
export function podMonitors(plan: Plan): readonly KubernetesObject[] {
  const { spec, settings, roles, modelServers } = plan
  if (!spec.monitoring.podMonitor) return []
  const ports = new Set(readsModelServers(spec) ? modelServers.map(({ port }) => port.name) : [])
  return [
    ...(settings['prometheus.enabled']
      ? [podMonitor(plan, plan.name, roles.map(componentOf), PORTS.metrics.name)]
      : []),
    ...[...ports].map((port) => podMonitor(plan, `${plan.name}-model-server`, ['model-server'], port)),
  ]
}

// Their metrics are on the port of their API, which in a mesh of sidecars takes nobody without a certificate of it.
function readsModelServers({ mesh }: Plan['spec']): boolean {
  return mesh.kind !== 'sidecar'
}

// The operator names the port `endpoint`, and a label of the target hides one that the pod reports: ours are routes.
const WITHOUT_PORT = { action: 'labeldrop' as const, regex: 'endpoint' }

function podMonitor(
  { name, namespace, spec }: Plan,
  own: string,
  components: readonly Component[],
  port: string,
): KubernetesObject {
  return typed<IPodMonitor>({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name: own, namespace, labels: { ...spec.monitoring.labels } },
    spec: {
      selector: {
        matchLabels: { 'app.kubernetes.io/name': name },
        matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: [...components] }],
      },
      podMetricsEndpoints: [{ port, path: PATHS.metrics, interval: '15s', relabelings: [WITHOUT_PORT] }],
    },
  })
}
