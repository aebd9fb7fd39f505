import { PolisError } from '../../core/error.ts'
import type { KindRef, ListOptions, ObjectRef } from '../api.ts'
import { at, listAt, textAt } from '../read.ts'

/** Where objects of a kind are kept. */
export interface Resource {
  /** Path of its version: `/apis/apps/v1`. */
  readonly base: string
  /** `deployments`. */
  readonly plural: string
  readonly namespaced: boolean
}

/** Finds the resource of a kind; undefined where the cluster does not serve it. Each version of an API is asked for once. */
export type Discovery = (kind: KindRef) => Promise<Resource | undefined>

/** Makes it over a function that reads the list of a version's resources; undefined where there is no such version. */
export function createDiscovery(read: (path: string) => Promise<unknown>): Discovery {
  const known = new Map<string, Promise<ReadonlyMap<string, Resource>>>()
  return async ({ apiVersion, kind }) => {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const resources = known.get(base) ?? read(base).then((list) => resourcesOf(base, list))
    known.set(base, resources)
    // A failure must not be remembered.
    resources.catch(() => known.delete(base))
    return (await resources).get(kind)
  }
}

/** The path of one object. */
export function pathOf({ base, plural, namespaced }: Resource, { name, namespace, kind }: ObjectRef): string {
  if (!namespaced) return `${base}/${plural}/${encodeURIComponent(name)}`
  if (namespace === undefined) throw new PolisError('INTERNAL', `${kind} ${name} has no namespace`)
  return `${base}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`
}

/** The path of all objects of a kind, with what limits them. */
export function listPathOf({ base, plural, namespaced }: Resource, options: ListOptions): string {
  const { namespace, labels = {}, fields, limit } = options
  const folder = namespaced && namespace !== undefined ? `${base}/namespaces/${encodeURIComponent(namespace)}` : base
  const query = new URLSearchParams()
  const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  if (selector.length > 0) query.set('labelSelector', selector.join(','))
  if (fields !== undefined) query.set('fieldSelector', fields)
  if (limit !== undefined) query.set('limit', String(limit))
  return `${folder}/${plural}${query.size === 0 ? '' : `?${query}`}`
}

function resourcesOf(base: string, list: unknown): ReadonlyMap<string, Resource> {
  const own = listAt(list, 'resources').filter((each) => !textAt(each, 'name').includes('/'))
  return new Map(
    own.map((each) => [
      textAt(each, 'kind'),
      { base, plural: textAt(each, 'name'), namespaced: at(each, 'namespaced') === true },
    ]),
  )
}
