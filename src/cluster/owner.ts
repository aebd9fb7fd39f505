import { DEPLOYMENT_ANNOTATION } from '../manifest/with-labels.ts'
import { FIELD_MANAGER, type LiveObject } from './api.ts'

/** The release that an object belongs to, where it belongs to one. */
export const RELEASE_LABEL = 'agentpolis.dev/release'

/** Labels of what we make for a deployment beside its manifests. */
export function ownLabels(name: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': name,
    'app.kubernetes.io/managed-by': 'polis',
  }
}

/**
 * Whether an object was made by us, for this deployment: by its label, its annotation, and whoever set its fields. Only such an object is
 * ever removed.
 */
export function isOurs({ metadata }: LiveObject, name: string): boolean {
  const { labels = {}, annotations = {}, managedFields = [] } = metadata
  return (
    labels['app.kubernetes.io/managed-by'] === 'polis' &&
    annotations[DEPLOYMENT_ANNOTATION] === name &&
    managedFields.some(({ manager }) => manager === FIELD_MANAGER)
  )
}
