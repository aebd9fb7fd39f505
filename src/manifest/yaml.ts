import { stringify } from 'yaml'
import type { KubernetesObject, Manifest } from './object.ts'

/** A file of manifests as text: the same objects give the same bytes. */
export function toYaml({ about, objects }: Pick<Manifest, 'about' | 'objects'>): string {
  const documents = objects.map((object) => stringify(inOrder(object), { lineWidth: 0, aliasDuplicateObjects: false }))
  return `# ${about}\n${documents.join('---\n')}`
}

// As people write them: who it is, then what.
function inOrder({ apiVersion, kind, metadata, ...rest }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata, ...rest }
}
