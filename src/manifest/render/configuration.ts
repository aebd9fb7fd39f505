import { createHash } from 'node:crypto'
import type { IConfigMap } from 'kubernetes-models/v1'
import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { typed } from '../typed.ts'

/** Name of the ConfigMap with the settings of the pods. */
export function configurationName({ name }: Plan): string {
  return `${name}-settings`
}

/** What pods are annotated with: another hash makes other pods. */
export function configurationHash({ variables }: Plan): string {
  return createHash('sha256').update(JSON.stringify(variables)).digest('hex').slice(0, 16)
}

/** The settings that are not as their defaults. */
export function renderConfiguration(plan: Plan): Manifest {
  const object = typed<IConfigMap>({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configurationName(plan), namespace: plan.namespace },
    data: { ...plan.variables },
  })
  return { file: 'configuration.yaml', about: 'Settings that are not as their defaults.', objects: [object] }
}
