import type { IStatefulSet } from 'kubernetes-models/apps/v1'
import type { IPodTemplateSpec } from 'kubernetes-models/v1'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import type { Part } from './part.ts'

/** Seconds that a pod must stay ready before the next one is replaced. */
const STEADY = 10

/** A StatefulSet whose pods start together, since they need one another, and are replaced one by one. Volumes stay when it goes. */
export function setOf(
  { namespace }: Plan,
  { name, component, selector, count }: Part,
  template: IPodTemplateSpec,
  volume: { readonly storage: string; readonly storageClass: string | undefined },
): KubernetesObject {
  return typed<IStatefulSet>({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/component': component } },
    spec: {
      ...{ serviceName: name, replicas: count, minReadySeconds: STEADY, podManagementPolicy: 'Parallel' },
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: { ...selector } },
      template,
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: volume.storage } },
            ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass }),
          },
        },
      ],
    },
  })
}
