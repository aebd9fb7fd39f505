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
  readonly containers: readonly { readonly name: string; readonly image: string }[]
}

/** The pods of all workloads: Deployments, StatefulSets, Jobs, CronJobs. */
export function podTemplatesOf(objects: readonly KubernetesObject[]): readonly PodTemplate[] {
  return objects.flatMap((object) => {
    const spec = object.spec as WorkloadSpec | undefined
    const pod = spec?.template ?? spec?.jobTemplate?.spec.template
    // Other kinds have templates of other things.
    return pod?.spec?.containers === undefined ? [] : [{ of: nameOf(object), pod: { ...pod, spec: pod.spec } }]
  })
}

type Template = Partial<PodTemplate['pod']>

interface WorkloadSpec {
  readonly template?: Template
  readonly jobTemplate?: { readonly spec: { readonly template: Template } }
}
