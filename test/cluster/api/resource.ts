import type { KubernetesObject } from '../../../src/manifest/object.ts'
import type { Client } from './client.ts'

/** Where the objects of a kind are. */
export interface Resource {
  /** The API's name of it: `deployments`. */
  readonly name: string
  readonly namespaced: boolean
  /** Of the group and version: `/apis/apps/v1`. */
  readonly root: string
}

/** Looks up where kinds are, each group once. */
export type FindResource = (object: Pick<KubernetesObject, 'apiVersion' | 'kind'>) => Promise<Resource | undefined>

/** Asks the server which resources it has; undefined for a kind that it does not know. */
export function createFindResource(client: Client): FindResource {
  const known = new Map<string, ReadonlyMap<string, Resource>>()
  return async ({ apiVersion, kind }) => {
    const found = known.get(apiVersion)?.get(kind)
    if (found !== undefined) return found
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const { status, body } = await client.ask('GET', root)
    if (status !== 200) return undefined
    const listed = body.resources as readonly { name: string; kind: string; namespaced: boolean }[]
    const own = listed.filter(({ name }) => !name.includes('/'))
    known.set(apiVersion, new Map(own.map((it) => [it.kind, { name: it.name, namespaced: it.namespaced, root }])))
    return known.get(apiVersion)?.get(kind)
  }
}

/** The path of an object. */
export function pathOfObject({ root, name, namespaced }: Resource, { metadata }: KubernetesObject): string {
  const namespace = namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : ''
  return `${root}${namespace}/${name}/${metadata.name}`
}
