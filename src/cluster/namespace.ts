import { PolisError } from '../core/error.ts'
import type { KubernetesObject } from '../manifest/object.ts'
import { DEPLOYMENT_ANNOTATION } from '../manifest/with-labels.ts'
import type { ClusterApi, LiveObject, ObjectRef } from './api.ts'
import { othersIn } from './others.ts'
import { at, textAt } from './read.ts'
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

/** Takes a namespace away again that was made a moment ago, and in which there is nothing. */
export async function removeIfEmpty(
  api: ClusterApi,
  { name, namespace }: Pick<Target, 'name' | 'namespace'>,
): Promise<void> {
  const live = await api.get(refOf(namespace))
  if (live === undefined || !isMade(live) || (await othersIn(api, { name, namespace })) !== undefined) return
  const { uid, resourceVersion } = live.metadata
  await api.remove(refOf(namespace), { uid, resourceVersion })
}

/**
 * The target without its namespace, where that is there and not ours to change: whoever made it gives its labels. What is to be said of it
 * comes along.
 */
export async function namespaceLeft(
  api: ClusterApi,
  target: Target,
): Promise<{ readonly target: Target; readonly left: readonly string[] }> {
  const isSpace = ({ kind }: KubernetesObject) => kind === 'Namespace'
  const space = target.objects.find(isSpace)
  const live = space === undefined ? undefined : await api.get(refOf(target.namespace)).catch(forbidden)
  if (live === undefined) return { target, left: [] }
  const rest = { ...target, objects: target.objects.filter((object) => !isSpace(object)) }
  const owner = textAt(live, 'metadata', 'annotations', DEPLOYMENT_ANNOTATION)
  if (owner !== '' && owner !== target.name)
    return {
      target: rest,
      left: [`The namespace ${target.namespace} was made for the deployment ${owner}: its labels are left to it`],
    }
  const review = {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: { name: '' } },
    spec: { resourceAttributes: { verb: 'patch', group: '', resource: 'namespaces', name: target.namespace } },
  }
  if (at(await api.create(review), 'status', 'allowed') === true) return { target, left: [] }
  const said = `The namespace ${target.namespace} is not ours to change: its labels are left to whoever made it`
  return { target: rest, left: [said] }
}

/** Whether a namespace was made with the deployment. */
export function isMade({ metadata }: LiveObject): boolean {
  return metadata.annotations?.[MADE] === 'true'
}

function refOf(name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Namespace', name }
}

// Whoever has rights in one namespace alone may often not even look at it. Then it is there, else they had none.
function forbidden(reason: unknown): unknown {
  if (PolisError.from(reason).code !== 'FORBIDDEN') throw reason
  return 'there'
}
