import { type KubernetesObject, nameOf } from '../../src/manifest/object.ts'

/** A pod as some workload would make it. */
export interface PodTemplate {
  /** The workload, as messages name it. */
  readonly of: string
  readonly pod: { readonly metadata?: Partial<KubernetesObject['metadata']>; readonly spec: Pod }
}

/** What tests read of a pod. */
export interface Pod {
  readonly serviceAccountName?: string
  readonly automountServiceAccountToken?: boolean
  readonly volumes?: readonly unknown[]
  readonly containers: readonly { readonly name: string; readonly image: string }[]
}

/** The pods of all workloads: Deployments, StatefulSets with a claim for each of their volumes, Jobs, CronJobs. */
export function podTemplatesOf(objects: readonly KubernetesObject[]): readonly PodTemplate[] {
  return objects.flatMap((object) => {
    const workload = object.spec as WorkloadSpec | undefined
    const template = workload?.template ?? workload?.jobTemplate?.spec.template
    // Other kinds have templates of other things.
    if (template?.spec?.containers === undefined) return []
    const claimed = (workload?.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => {
      return { name, persistentVolumeClaim: { claimName: name } }
    })
    const spec = { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claimed] }
    return [{ of: nameOf(object), pod: { ...template, spec } }]
  })
}

type Template = Partial<PodTemplate['pod']>

interface WorkloadSpec {
  readonly template?: Template
  readonly jobTemplate?: { readonly spec: { readonly template: Template } }
  readonly volumeClaimTemplates?: readonly Pick<KubernetesObject, 'metadata'>[]
}
