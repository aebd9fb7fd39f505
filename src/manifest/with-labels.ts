import type { KubernetesObject, Manifest } from './object.ts'
import type { Plan } from './plan.ts'

/** Names the deployment that an object belongs to: what does not have it is never removed. */
export const DEPLOYMENT_ANNOTATION = 'agentpolis.dev/deployment'

/** The manifest with the labels and annotations that every object has; those of an object's own win. */
export function withLabels({ name, labels, spec }: Plan, manifest: Manifest): Manifest {
  const annotations = { ...spec.annotations, [DEPLOYMENT_ANNOTATION]: name }
  return { ...manifest, objects: manifest.objects.map((object) => label(object, labels, annotations)) }
}

function label(
  object: KubernetesObject,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): KubernetesObject {
  const { name, namespace, labels: ownLabels, annotations: own } = object.metadata
  return {
    ...object,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, ...ownLabels },
      annotations: { ...annotations, ...own },
    },
  }
}
