import { stringify } from 'yaml'
import type { KubernetesObject, Manifest } from './object.ts'

/** A file of manifests as text: the same objects give the same bytes. */
export function toYaml({ about, objects }: Pick<Manifest, 'about' | 'objects'>): string {
  const documents = objects.map((object) => stringify(inOrder(object), STYLE))
  return `# ${about}\n${documents.join('---\n')}`
}

// Kubernetes and Helm read YAML 1.1, where a plain `on` is true and `1:30` a number.
const STYLE = { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const

// As people write them: who it is, then what.
function inOrder({ apiVersion, kind, metadata, ...rest }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata, ...rest }
}
