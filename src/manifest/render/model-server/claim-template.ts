import type { IResourceClaimTemplate } from 'kubernetes-models/resource.k8s.io/v1'
import type { KubernetesObject } from '../../object.ts'
import type { ModelServerPlan, Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'

/** Name of the claim in a pod. */
export const CLAIM = 'gpu'

/** What each pod claims of a DeviceClass, where GPUs are had by dynamic resource allocation; else nothing. */
export function claimTemplate({ namespace }: Plan, { name, selector, server }: ModelServerPlan): KubernetesObject[] {
  const { deviceClass, gpus } = server
  if (deviceClass === undefined) return []
  const request = { deviceClassName: deviceClass, allocationMode: 'ExactCount', count: gpus } as const
  return [
    typed<IResourceClaimTemplate>({
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { name, namespace, labels: { ...selector } },
      spec: { spec: { devices: { requests: [{ name: CLAIM, exactly: request }] } } },
    }),
  ]
}
