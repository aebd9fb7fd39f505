import type { IService } from 'kubernetes-models/v1'
import type { KubernetesObject } from '../../object.ts'
import type { ModelServerPlan, Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'

/** Where agents reach a model server. */
export function modelService({ namespace }: Plan, { name, port, selector }: ModelServerPlan): KubernetesObject {
  return typed<IService>({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { ...selector } },
    spec: {
      type: 'ClusterIP',
      selector: { ...selector },
      ports: [{ name: port.name, port: port.number, targetPort: port.name, appProtocol: 'http' }],
    },
  })
}
