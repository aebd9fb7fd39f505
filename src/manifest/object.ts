/** What every object of Kubernetes has. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

/** Who an object is. One without a namespace belongs to the whole cluster. */
export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A file of manifests: the objects of one concern, in the order in which they are applied. */
export interface Manifest {
  /** Its name without a folder: `namespace.yaml`. */
  readonly file: string
  /** What it is for, in a line that begins the file. */
  readonly about: string
  readonly objects: readonly KubernetesObject[]
}

/** How one object is named in messages: `Deployment shop/desk`. */
export function nameOf({ kind, metadata: { name, namespace } }: KubernetesObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
