import type { KubernetesObject, ObjectMeta } from '../manifest/object.ts'

/** What our fields are known under (`metadata.managedFields`). */
export const FIELD_MANAGER = 'polis'

/** A kind of objects. */
export interface KindRef {
  readonly apiVersion: string
  readonly kind: string
}

/** One object. */
export interface ObjectRef extends KindRef {
  readonly name: string
  readonly namespace?: string
}

/** An object as the cluster has it. */
export interface LiveObject extends KubernetesObject {
  readonly metadata: LiveMeta
}

/** What the cluster adds to who an object is. */
export interface LiveMeta extends ObjectMeta {
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[]
  readonly ownerReferences?: readonly { readonly uid: string }[]
}

/** How an object is applied. */
export interface ApplyOptions {
  /** Asked, checked and defaulted by everything that the cluster has, but not kept. */
  readonly dryRun?: boolean
  /** Takes fields over that somebody else has set. */
  readonly force?: boolean
  /** By default `FIELD_MANAGER`. */
  readonly manager?: string
}

/** What a list is limited to. */
export interface ListOptions {
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  /** Such as `type=Warning`. */
  readonly fields?: string
  readonly limit?: number
}

/** How an object is removed. With preconditions it stays where it is another, or was changed, and that is a CONFLICT. */
export interface RemoveOptions {
  readonly uid?: string
  readonly resourceVersion?: string
  /** `foreground` keeps it until all that depends on it is gone. */
  readonly propagation?: 'background' | 'foreground' | 'orphan'
  readonly dryRun?: boolean
}

/** Which log of a container. */
export interface LogOptions {
  readonly container: string
  /** Of the container before, where this one was started again. */
  readonly previous?: boolean
  readonly lines: number
}

/**
 * The Kubernetes API, as far as a deployment needs it.
 *
 * Everything rejects with a PolisError: UNREACHABLE, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND (also of the namespace), CONFLICT (with
 * `details.conflicts`, see `FieldConflict`), INVALID_CONFIG for an object that the API does not take, RATE_LIMITED, TIMEOUT or INTERNAL;
 * `details.reason` is the API's own word. Reads and applies are tried again while the API is busy; each call ends within a minute.
 */
export interface ClusterApi {
  /** Where it is, for messages. */
  readonly server: string
  /** Of the API server: `v1.37.2`. */
  version(): Promise<string>
  /** Whether the cluster serves the kind. */
  serves(kind: KindRef): Promise<boolean>
  /** Undefined where there is none. */
  get(ref: ObjectRef): Promise<LiveObject | undefined>
  list(kind: KindRef, options?: ListOptions): Promise<readonly LiveObject[]>
  /** Server-side apply, under strict validation of fields. Doing it again does nothing. */
  apply(object: KubernetesObject, options?: ApplyOptions): Promise<LiveObject>
  /** CONFLICT where there is one of that name. Also for what is asked rather than kept, such as a SelfSubjectAccessReview. */
  create(object: KubernetesObject): Promise<LiveObject>
  /** CONFLICT where it has another `resourceVersion`. */
  replace(object: LiveObject): Promise<LiveObject>
  /** False where there is none. */
  remove(ref: ObjectRef, options?: RemoveOptions): Promise<boolean>
  /** The last lines of a container's log. */
  log(pod: { readonly name: string; readonly namespace: string }, options: LogOptions): Promise<string>
  /** A request to a Service by way of the API: an answer of any status. */
  proxy(service: ServiceRef, request: ProxyRequest): Promise<Response>
}

/** A port of a Service. */
export interface ServiceRef {
  readonly name: string
  readonly namespace: string
  /** By name. */
  readonly port: string
}

/** What is sent to a Service. */
export interface ProxyRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** A field that somebody else has set to another value. */
export interface FieldConflict {
  /** Such as `.spec.replicas`. */
  readonly field: string
  /** Who set it. */
  readonly manager: string
}

/** Which object this is. */
export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }
}

/** A text for each object: the same for the same, whatever version of its kind it is written in. */
export function keyOf({ apiVersion, kind, name, namespace = '' }: ObjectRef): string {
  return [groupOf(apiVersion), kind, namespace, name].join('/')
}

/** The group of an API version; empty for the first of all. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}
