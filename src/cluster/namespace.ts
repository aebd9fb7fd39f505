import type { ClusterApi, LiveObject, ObjectRef } from './api.ts'
import type { Target } from './target.ts'

/** Annotation of a namespace that was not there before: it alone may be removed with the deployment. */
const MADE = 'agentpolis.dev/made-namespace'
/** A field manager of its own: applying the manifests again must not take the annotation away. */
const MANAGER = 'polis-namespace'

/** Makes the namespace where there is none, and whether it did. Everything else lives in it, records included. */
export async function ensureNamespace(
  api: ClusterApi,
  { namespace, objects }: Pick<Target, 'namespace' | 'objects'>,
): Promise<boolean> {
  const ref = refOf(namespace)
  const isOurs = objects.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace)
  if (!isOurs || (await api.get(ref)) !== undefined) return false
  const { apiVersion, kind, name } = ref
  await api.apply({ apiVersion, kind, metadata: { name, annotations: { [MADE]: 'true' } } }, { manager: MANAGER })
  return true
}

/** Takes a namespace away again that was made a moment ago, and in which there is nothing of ours. */
export async function removeIfEmpty(api: ClusterApi, { namespace }: Pick<Target, 'namespace'>): Promise<void> {
  const live = await api.get(refOf(namespace))
  if (live === undefined || !isMade(live)) return
  const { uid, resourceVersion } = live.metadata
  await api.remove(refOf(namespace), { uid, resourceVersion })
}

/** Whether a namespace was made with the deployment. */
export function isMade({ metadata }: LiveObject): boolean {
  return metadata.annotations?.[MADE] === 'true'
}

function refOf(name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Namespace', name }
}
