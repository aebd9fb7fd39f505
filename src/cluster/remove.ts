import type { KubernetesObject } from '../manifest/object.ts'
import { type ClusterApi, keyOf, type LiveObject, type ObjectRef, refOf } from './api.ts'
import { refOf as leaseOf, takeLock } from './lock.ts'
import { isMade } from './namespace.ts'
import { stagesOf } from './order.ts'
import { othersIn } from './others.ts'
import { isOurs } from './owner.ts'
import { listAt, textAt } from './read.ts'
import { removeLive } from './remove-live.ts'
import { newestOf } from './revision/history.ts'
import { createRecords } from './revision/records.ts'
import type { RollOutDependencies } from './roll-out-terms.ts'

/** What is removed. */
export interface RemoveOptions {
  readonly name: string
  readonly namespace: string
  /** Whether volume claims go too, with the data in them, and generated Secrets. */
  readonly volumes: boolean
  /** Time to get the lock, in milliseconds. */
  readonly timeout: number
}

/** What would be removed, in order; and what stays. */
export interface Removal {
  /** Whether there is anything of the deployment, if only a record or a lock that is left of an earlier removal. */
  readonly known: boolean
  readonly removed: readonly LiveObject[]
  readonly kept: readonly { readonly ref: ObjectRef; readonly why: string }[]
}

/** Finds what belongs to a deployment: what its records name and is ours, last applied first. */
export async function findRemoval(api: ClusterApi, options: RemoveOptions): Promise<Removal> {
  const { name, namespace, volumes } = options
  const records = createRecords(api, options)
  const [history, count, lease] = await Promise.all([records.list(), records.count(), api.get(leaseOf(options))])
  const named = new Map<string, KubernetesObject>()
  for (const { target } of history) for (const object of target.objects) named.set(keyOf(refOf(object)), object)
  const ordered = stagesOf([...named.values()])
    .flatMap(({ objects }) => objects)
    .toReversed()
  const live = (await Promise.all(ordered.map((object) => api.get(refOf(object))))).filter((each) => each !== undefined)
  const ours = live.filter((object) => object.kind !== 'Namespace' && isOurs(object, name))
  const space = live.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace)
  const claims = await claimsOf(api, options, [...named.values()])
  const secrets = await generatedOf(
    api,
    options,
    history.flatMap(({ target }) => target.secrets.map((secret) => secret.name)),
  )
  const data = [...claims, ...secrets]
  const isData = ({ kind }: LiveObject) => kind === 'PersistentVolumeClaim'
  const rest = ours.filter((object) => !isData(object))
  const spaceStays = space === undefined ? undefined : await whyStays(api, space, options)
  return {
    known: count > 0 || lease !== undefined,
    removed: [...rest, ...(volumes ? data : []), ...(space !== undefined && spaceStays === undefined ? [space] : [])],
    kept: [
      ...(volumes
        ? []
        : data.map((object) => ({ ref: refOf(object), why: 'it holds data, or opens it: --volumes removes it' }))),
      ...(space !== undefined && spaceStays !== undefined ? [{ ref: refOf(space), why: spaceStays }] : []),
    ],
  }
}

/** Removes a deployment. Killed at any point, it can be run again. */
export async function removeDeployment(options: RemoveOptions, dependencies: RollOutDependencies): Promise<Removal> {
  const { api, clock, report, signal } = dependencies
  const { name, namespace } = options
  const lock = await takeLock({
    ...{ ...dependencies, name, namespace, deadline: clock.now() + options.timeout },
    onWait: (holder) => report({ kind: 'lock-held', holder }),
  })
  try {
    const removal = await findRemoval(api, options)
    for (const live of removal.removed) {
      signal.throwIfAborted()
      lock.signal.throwIfAborted()
      if (await removeLive(api, live)) report({ kind: 'removed', ref: refOf(live) })
    }
    for (const { ref, why } of removal.kept) report({ kind: 'kept', ref, why })
    await forget(options, removal, dependencies)
    await lock.remove()
    return removal
  } finally {
    await lock.release()
  }
}

// Data that is kept is found by the last record alone.
async function forget(options: RemoveOptions, { kept }: Removal, { api, clock }: RollOutDependencies): Promise<void> {
  const records = createRecords(api, options)
  const newest = newestOf(await records.list())
  const holds = newest !== undefined && kept.some(({ ref }) => ref.kind !== 'Namespace') ? newest : undefined
  await records.clear(holds)
  if (holds !== undefined) await records.write({ ...holds, status: 'removed', finishedAt: clock.now() })
}

// Those of a StatefulSet are in no manifest: it makes them itself, and calls them after its template, itself and the pod's number.
async function claimsOf(
  api: ClusterApi,
  { name, namespace }: RemoveOptions,
  objects: readonly KubernetesObject[],
): Promise<readonly LiveObject[]> {
  const own = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name)
  const prefixes = objects.flatMap((object) =>
    listAt(object, 'spec', 'volumeClaimTemplates').map(
      (template) => `${textAt(template, 'metadata', 'name')}-${object.metadata.name}-`,
    ),
  )
  const isNumbered = (claim: string) =>
    prefixes.some((prefix) => claim.startsWith(prefix) && /^\d+$/.test(claim.slice(prefix.length)))
  const labels = { 'app.kubernetes.io/name': name }
  const claims = await api.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { namespace, labels })
  return claims.filter(({ metadata }) => own.includes(metadata.name) || isNumbered(metadata.name))
}

async function generatedOf(
  api: ClusterApi,
  { name, namespace }: RemoveOptions,
  names: readonly string[],
): Promise<readonly LiveObject[]> {
  const refs = [...new Set(names)].map((secret) => ({ apiVersion: 'v1', kind: 'Secret', name: secret, namespace }))
  const live = await Promise.all(refs.map((ref) => api.get(ref)))
  return live.filter((secret) => secret !== undefined && isOurs(secret, name)) as readonly LiveObject[]
}

async function whyStays(
  api: ClusterApi,
  space: LiveObject,
  { name, namespace, volumes }: RemoveOptions,
): Promise<string | undefined> {
  if (!isMade(space)) return 'it was there before'
  if (!volumes) return 'volume claims in it are kept'
  return await othersIn(api, { name, namespace })
}
