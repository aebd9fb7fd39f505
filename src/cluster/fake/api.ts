import { PolisError } from '../../core/error.ts'
import type { KubernetesObject } from '../../manifest/object.ts'
import {
  type ApplyOptions,
  type ClusterApi,
  FIELD_MANAGER,
  type KindRef,
  keyOf,
  type ListOptions,
  type LiveObject,
  type ObjectRef,
  type RemoveOptions,
  refOf,
} from '../api.ts'
import { textsAt } from '../read.ts'
import { fieldName, leavesOf, withLeaf } from './fields.ts'

/** How a fake cluster behaves. */
export interface FakeClusterOptions {
  /** Kinds that it does not serve. */
  readonly unserved?: readonly string[]
  /** Rights that it does not give: `patch deployments`. */
  readonly denied?: readonly string[]
  /** Why an object is refused, also in a dry run; undefined for one that is not. */
  readonly refuse?: (object: KubernetesObject) => string | undefined
  /** Plays the controllers: called at each write, and answers the status that the object gets. */
  readonly statusOf?: (object: LiveObject) => unknown
  /** Called before each call that would change something, with its number from 1; what it throws ends the call. */
  readonly beforeEffect?: (count: number) => void
  /** Called after each such call. */
  readonly afterEffect?: (count: number) => void
  readonly proxy?: ClusterApi['proxy']
}

/** A cluster in memory. */
export interface FakeCluster extends ClusterApi {
  /** Every object, by its key. */
  readonly objects: ReadonlyMap<string, LiveObject>
  /** Puts an object there as somebody else would. */
  put(object: KubernetesObject, manager?: string): LiveObject
  /** Calls that would have changed something, as `apply Deployment desk`. */
  readonly effects: readonly string[]
  /** Another that has the same objects, and behaves the same. */
  copy(): FakeCluster
}

/** A Kubernetes API in memory: server-side apply with owners of fields, preconditions, dry runs and namespaces. It has no schemas. */
export function createFakeCluster(options: FakeClusterOptions = {}): FakeCluster {
  return clusterOf(createKeep(options), options)
}

function clusterOf(keep: Keep, options: FakeClusterOptions): FakeCluster {
  const { objects } = keep
  return {
    ...{ server: 'https://fake', objects, effects: keep.effects, version: async () => 'v1.37.2' },
    serves: async ({ kind }) => !options.unserved?.includes(kind),
    get: async (ref) => objects.get(keyOf(ref)),
    list: async (kind, limits = {}) => [...objects.values()].filter((object) => isIn(object, kind, limits)),
    ...writesTo(keep, options),
    log: async ({ name }) => `log of ${name}`,
    proxy: options.proxy ?? (async () => new Response(null, { status: 503 })),
    copy: () => clusterOf(createKeep(options, keep), options),
    put: (object, manager = 'somebody') => applyTo(keep, options, object, { manager, force: true }),
  }
}

/** What the fake keeps. */
interface Keep {
  readonly objects: Map<string, LiveObject>
  readonly owners: Map<string, Map<string, ReadonlySet<string>>>
  readonly effects: string[]
  /** Does what changes something, unless a hook throws. */
  effect<T>(what: string, work: () => T): T
  store(key: string, before: LiveObject | undefined, next: KubernetesObject): LiveObject
}

function createKeep(options: FakeClusterOptions, from?: Keep): Keep {
  const objects = new Map(from?.objects)
  const owners: Keep['owners'] = new Map([...(from?.owners ?? [])].map(([key, own]) => [key, new Map(own)]))
  const effects: string[] = []
  let version = Math.max(0, ...[...objects.values()].map(({ metadata }) => Number(metadata.resourceVersion)))
  return {
    ...{ objects, owners, effects },
    effect(what, work) {
      effects.push(what)
      const count = effects.length
      options.beforeEffect?.(count)
      const result = work()
      options.afterEffect?.(count)
      return result
    },
    store(key, before, next) {
      if (before !== undefined && textOf(before) === textOf(next)) return before
      version += 1
      const isSpec = JSON.stringify(before?.spec) !== JSON.stringify(next.spec)
      const metadata = {
        ...bare(next),
        ...{ uid: before?.metadata.uid ?? `uid-${version}`, resourceVersion: String(version) },
        generation: (before?.metadata.generation ?? 0) + (isSpec ? 1 : 0),
        creationTimestamp: '2026-11-26T00:00:00Z',
        managedFields: [...(owners.get(key)?.keys() ?? [])].map((manager) => ({ manager, operation: 'Apply' })),
      }
      const live: LiveObject = { ...next, metadata }
      const status = options.statusOf?.(live) ?? before?.status
      const whole = status === undefined ? live : { ...live, status }
      objects.set(key, whole)
      return whole
    },
  }
}

function writesTo(
  keep: Keep,
  options: FakeClusterOptions,
): Pick<ClusterApi, 'apply' | 'create' | 'replace' | 'remove'> {
  const { objects, owners, effect, store } = keep
  return {
    async apply(object, given = {}) {
      if (given.dryRun) return applyTo(keep, options, object, given)
      return effect(`apply ${object.kind} ${object.metadata.name}`, () => applyTo(keep, options, object, given))
    },
    async create(object) {
      const answer = review(object, options.denied ?? [])
      if (answer !== undefined) return answer
      return effect(`create ${object.kind} ${object.metadata.name}`, () => {
        const key = keyOf(refOf(object))
        needNamespace(keep, refOf(object))
        if (objects.has(key)) throw conflict(`${object.kind} "${object.metadata.name}" already exists`)
        owners.set(key, new Map([[FIELD_MANAGER, new Set(leavesOf(object).keys())]]))
        return store(key, undefined, object)
      })
    },
    async replace(object) {
      return effect(`replace ${object.kind} ${object.metadata.name}`, () => {
        const key = keyOf(refOf(object))
        const before = objects.get(key)
        if (before === undefined) throw new PolisError('NOT_FOUND', `${object.metadata.name} not found`)
        if (before.metadata.resourceVersion !== object.metadata.resourceVersion) throw conflict('it has been modified')
        return store(key, before, object)
      })
    },
    async remove(ref, { uid, resourceVersion, dryRun = false }: RemoveOptions = {}) {
      const live = objects.get(keyOf(ref))
      if (live === undefined) return false
      if (uid !== undefined && live.metadata.uid !== uid) throw conflict('the UID in the precondition differs')
      if (resourceVersion !== undefined && live.metadata.resourceVersion !== resourceVersion) throw conflict('modified')
      if (dryRun) return true
      return effect(`remove ${ref.kind} ${ref.name}`, () => removeFrom(keep, ref))
    },
  }
}

function applyTo(keep: Keep, options: FakeClusterOptions, object: KubernetesObject, given: ApplyOptions): LiveObject {
  const { dryRun = false, force = false, manager = FIELD_MANAGER } = given
  const ref = refOf(object)
  const key = keyOf(ref)
  if (options.unserved?.includes(ref.kind)) throw new PolisError('NOT_FOUND', `no kind ${ref.kind}`)
  needNamespace(keep, ref)
  const why = options.refuse?.(object)
  if (why !== undefined) throw new PolisError('INVALID_CONFIG', `${ref.kind} ${ref.name}: ${why}`)
  const before = keep.objects.get(key)
  const merged = merge(object, before, keep.owners.get(key) ?? new Map(), manager, force)
  if (dryRun) return { ...merged.object, metadata: { ...merged.object.metadata, uid: '', resourceVersion: '' } }
  keep.owners.set(key, merged.owners)
  return keep.store(key, before, merged.object)
}

function needNamespace({ objects }: Keep, { namespace }: ObjectRef): void {
  if (namespace === undefined || objects.has(keyOf({ apiVersion: 'v1', kind: 'Namespace', name: namespace }))) return
  throw new PolisError('NOT_FOUND', `namespaces "${namespace}" not found`, { details: { reason: 'NotFound' } })
}

function removeFrom({ objects, owners }: Keep, ref: ObjectRef): boolean {
  objects.delete(keyOf(ref))
  owners.delete(keyOf(ref))
  if (ref.kind !== 'Namespace') return true
  for (const [other, { metadata }] of objects) if (metadata.namespace === ref.name) objects.delete(other)
  return true
}

function textOf(object: KubernetesObject): string {
  return JSON.stringify({ ...object, status: undefined, metadata: bare(object) })
}

function merge(
  object: KubernetesObject,
  before: LiveObject | undefined,
  owners: ReadonlyMap<string, ReadonlySet<string>>,
  manager: string,
  force: boolean,
): { readonly object: KubernetesObject; readonly owners: Map<string, ReadonlySet<string>> } {
  const wanted = leavesOf(object)
  const present = before === undefined ? new Map() : leavesOf(before)
  const others = [...owners].filter(([name]) => name !== manager)
  const ownerOf = (path: string) => others.find(([, paths]) => paths.has(path))?.[0]
  const clashing = [...wanted].filter(
    ([path, value]) => ownerOf(path) !== undefined && !isEqual(present.get(path), value),
  )
  if (clashing.length > 0 && !force)
    throw new PolisError('CONFLICT', `${object.kind} ${object.metadata.name}: conflicts`, {
      details: { conflicts: clashing.map(([path]) => ({ field: fieldName(path), manager: ownerOf(path) ?? '' })) },
    })
  let next: unknown = before ?? {}
  const dropped = [...(owners.get(manager) ?? [])].filter((path) => !wanted.has(path) && ownerOf(path) === undefined)
  for (const path of dropped) next = withLeaf(next, path, undefined)
  for (const [path, value] of wanted) next = withLeaf(next, path, value)
  const taken = new Set(clashing.map(([path]) => path))
  const kept = others.map(([name, paths]): [string, ReadonlySet<string>] => [
    name,
    new Set([...paths].filter((path) => !taken.has(path))),
  ])
  // Made of an object's leaves.
  return { object: next as KubernetesObject, owners: new Map([...kept, [manager, new Set(wanted.keys())]]) }
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function bare({ metadata }: KubernetesObject): KubernetesObject['metadata'] {
  const { name, namespace, labels, annotations } = metadata
  const owned = 'ownerReferences' in metadata ? { ownerReferences: metadata.ownerReferences } : {}
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...owned,
  }
}

function isIn(object: LiveObject, { kind }: KindRef, { namespace, labels = {} }: ListOptions): boolean {
  const own = textsAt(object, 'metadata', 'labels')
  return (
    object.kind === kind &&
    (namespace === undefined || object.metadata.namespace === namespace) &&
    Object.entries(labels).every(([name, value]) => own[name] === value)
  )
}

function review(object: KubernetesObject, denied: readonly string[]): LiveObject | undefined {
  const metadata = { name: '', uid: '', resourceVersion: '' }
  if (object.kind === 'SelfSubjectReview') return { ...object, metadata, status: { userInfo: { username: 'ada' } } }
  if (object.kind !== 'SelfSubjectAccessReview') return undefined
  const { verb = '', resource = '' } = textsAt(object, 'spec', 'resourceAttributes')
  return { ...object, metadata, status: { allowed: !denied.includes(`${verb} ${resource}`) } }
}

function conflict(message: string): PolisError {
  return new PolisError('CONFLICT', message, { details: { reason: 'Conflict' } })
}
