import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { PolisError } from '../../core/error.ts'
import type { KubernetesObject } from '../../manifest/object.ts'
import { DEPLOYMENT_ANNOTATION } from '../../manifest/with-labels.ts'
import { ownLabels } from '../owner.ts'
import { textAt } from '../read.ts'
import type { Target } from '../target.ts'

/**
 * How a revision stands: `applying` until all is healthy and what went is gone, then `deployed`; `failed` where that did not come;
 * `interrupted` where whoever applied it ended, and another target came after it; `removed` where the deployment was, and its data was kept.
 */
export type RevisionStatus = 'applying' | 'deployed' | 'failed' | 'interrupted' | 'removed'

/** Why there is a revision. */
export type RevisionCause = { readonly kind: 'apply' } | { readonly kind: 'rollback'; readonly to: number }

/** What was put on the cluster, by whom, and why. */
export interface Revision {
  /** Counts from 1. */
  readonly number: number
  readonly status: RevisionStatus
  readonly cause: RevisionCause
  readonly by: string
  readonly reason?: string
  /** Of the project's repository. */
  readonly commit?: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly finishedAt?: number
  /** Why it failed. */
  readonly message?: string
  readonly target: Target
}

/** Label that records of revisions have. */
export const RECORD_LABELS = { 'agentpolis.dev/record': 'revision' } as const

/** Name of a revision's record. */
export function recordName(name: string, number: number): string {
  return `${name}-revision-${number}`
}

/** The ConfigMap that keeps a revision: what people look for as text, objects compressed. */
export function toRecord(revision: Revision): KubernetesObject {
  const { target, ...about } = revision
  const { name, namespace, objects, ...rest } = target
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName(name, revision.number),
      namespace,
      labels: { ...ownLabels(name), ...RECORD_LABELS, 'agentpolis.dev/status': revision.status },
      annotations: { [DEPLOYMENT_ANNOTATION]: name },
    },
    data: {
      status: revision.status,
      revision: JSON.stringify({ ...about, target: { name, namespace, ...rest } }, null, 2),
    },
    binaryData: { objects: gzipSync(JSON.stringify(objects)).toString('base64') },
  }
}

/** What a ConfigMap may hold, in bytes, less what is said of a revision when it ends. */
const ROOM = 1008 * 1024

/** Throws TOO_LARGE for a target whose record no ConfigMap would hold: without one nobody could go back to it. */
export function refuseTooLarge({ objects }: Target): void {
  const bytes = gzipSync(JSON.stringify(objects)).length
  if (bytes <= ROOM) return
  throw new PolisError(
    'TOO_LARGE',
    `The objects of the deployment have ${Math.ceil(bytes / 1024)} kB, compressed, and the record of a revision holds ${ROOM / 1024}`,
    { details: { hint: 'Nothing was changed: make what is long in deployment smaller, such as texts of env' } },
  )
}

/**
 * Reads a record; undefined for one that is damaged: it is as if it were not there.
 *
 * Whoever may write ConfigMaps of a namespace could write one, and it is applied with the rights of whoever rolls back: so it may name
 * nothing but what a deployment of its name in its namespace has.
 */
export function fromRecord(record: KubernetesObject): Revision | undefined {
  try {
    const about = JSON.parse(textAt(record, 'data', 'revision'))
    const packed = Buffer.from(textAt(record, 'binaryData', 'objects'), 'base64')
    const objects = JSON.parse(gunzipSync(packed, { maxOutputLength: LARGEST }).toString())
    const parsed = REVISION.safeParse({ ...about, target: { ...about.target, objects } })
    // Of its shape; objects are whatever they are.
    const revision = parsed.success ? (parsed.data as Revision) : undefined
    return revision !== undefined && isFit(revision, record) ? revision : undefined
  } catch {
    // Somebody edited it: what it says cannot be relied on.
    return undefined
  }
}

/** Bytes of all objects of a revision, at most: more would not fit into a record, were it not made to be large when it is read. */
const LARGEST = 64 * 1024 * 1024

const OBJECT = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})

const VALUE = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('random'), keys: z.array(z.string()) }),
  z.object({ kind: z.literal('api-key'), id: z.string(), key: z.string(), record: z.string() }),
])

const REVISION = z.looseObject({
  number: z.int().min(1),
  status: z.enum(['applying', 'deployed', 'failed', 'interrupted', 'removed']),
  cause: z.union([z.object({ kind: z.literal('apply') }), z.object({ kind: z.literal('rollback'), to: z.int() })]),
  by: z.string(),
  startedAt: z.number(),
  target: z.looseObject({
    ...{ name: z.string(), namespace: z.string(), environment: z.string(), image: z.string() },
    ...{ release: z.string(), hash: z.string(), agents: z.record(z.string(), z.string()) },
    objects: z.array(OBJECT),
    secrets: z.array(z.object({ name: z.string(), value: VALUE })),
  }),
})

function isFit({ number, target }: Revision, { metadata }: KubernetesObject): boolean {
  const { name, namespace, objects } = target
  const isItself = recordName(name, number) === metadata.name && namespace === metadata.namespace
  return isItself && objects.every((object) => isWithin(object, target))
}

function isWithin({ kind, metadata }: KubernetesObject, { name, namespace }: Target): boolean {
  if (kind === 'Namespace') return metadata.name === namespace
  if (metadata.namespace !== undefined) return metadata.namespace === namespace
  return kind.startsWith('ValidatingAdmissionPolicy') && metadata.name.startsWith(`${namespace}.${name}.`)
}
