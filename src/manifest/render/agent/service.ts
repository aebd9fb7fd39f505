import type { IService } from 'kubernetes-models/v1'
import { PORTS } from '../../../core/ports.ts'
import type { KubernetesObject } from '../../object.ts'
import { SERVES } from '../../plan/role.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'

/**
 * The Service of the API: it has the port that the processes listen on, and finds the pods that serve.
 *
 * Pods that execute runs as well are those of this release alone. Behind the Service those of the release before would begin runs of it, and
 * never be done.
 *
 * Metrics have no Service: each pod is scraped for itself.
 */
export function agentService({ name, namespace, ports, roles, release }: Plan): KubernetesObject {
  const isOfRelease = roles.some(({ serves, executes }) => serves && executes)
  const served = ports.filter((port) => port.name === PORTS.rest.name)
  return typed<IService>({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { ...SERVES } },
    spec: {
      type: 'ClusterIP',
      selector: {
        ...{ 'app.kubernetes.io/name': name, ...SERVES },
        ...(isOfRelease ? { 'agentpolis.dev/release': release } : {}),
      },
      ports: served.map((port) => ({ name: port.name, port: port.number, targetPort: port.name, appProtocol: 'http' })),
    },
  })
}
