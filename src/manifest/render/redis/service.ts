import type { IService } from 'kubernetes-models/v1'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import type { Part } from './part.ts'

/** The Service that gives each pod its name, also before it is ready: they find one another in order to become so. */
export function renderService({ namespace }: Plan, { name, component, selector, port }: Part): KubernetesObject {
  return typed<IService>({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/component': component } },
    spec: {
      ...{ clusterIP: 'None', publishNotReadyAddresses: true, selector: { ...selector } },
      ports: [{ name: port.name, port: port.number, targetPort: port.name, protocol: 'TCP', appProtocol: 'tcp' }],
    },
  })
}
