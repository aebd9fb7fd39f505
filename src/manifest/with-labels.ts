import type { KubernetesObject, Manifest } from './object.ts'
import type { Plan } from './plan.ts'

/** The manifest with the labels and annotations that every object has; those of an object's own win. */
export function withLabels({ labels, spec }: Plan, manifest: Manifest): Manifest {
  return { ...manifest, objects: manifest.objects.map((object) => label(object, labels, spec.annotations)) }
}

function label(
  object: KubernetesObject,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): KubernetesObject {
  const { name, namespace, labels: ownLabels, annotations: own } = object.metadata
  const all = { ...annotations, ...own }
  return {
    ...object,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, ...ownLabels },
      ...(Object.keys(all).length === 0 ? {} : { annotations: all }),
    },
  }
}
