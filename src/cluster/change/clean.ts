import type { KubernetesObject } from '../../manifest/object.ts'
import type { LiveMeta } from '../api.ts'

/** Annotations that controllers and other tools write for themselves. */
const THEIRS = ['deployment.kubernetes.io/revision', 'kubectl.kubernetes.io/last-applied-configuration']

/** An object without what the API server writes itself, its keys in order. */
export function clean(object: KubernetesObject): KubernetesObject {
  const { status: _, metadata, ...rest } = object
  // One of the cluster has these; one of ours has none of them.
  const { uid, resourceVersion, generation, creationTimestamp, managedFields, ...own } = metadata as Partial<LiveMeta>
  const { annotations = {}, ...more } = own as KubernetesObject['metadata']
  const kept = Object.fromEntries(Object.entries(annotations).filter(([name]) => !THEIRS.includes(name)))
  // Sorting keeps what it is.
  return sorted({
    ...rest,
    metadata: { ...more, ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }) },
  }) as KubernetesObject
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}
