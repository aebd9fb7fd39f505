import { gunzipSync, gzipSync } from 'node:zlib'
import type { KubernetesObject } from '../../manifest/object.ts'
import { DEPLOYMENT_ANNOTATION } from '../../manifest/with-labels.ts'
import { ownLabels } from '../owner.ts'
import { numberAt, textAt } from '../read.ts'
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

/** Reads a record; undefined for one that is damaged: it is as if it were not there. */
export function fromRecord(record: KubernetesObject): Revision | undefined {
  try {
    // Written by `toRecord`.
    const about = JSON.parse(textAt(record, 'data', 'revision')) as Revision
    if (numberAt(about, 'number') === undefined) return undefined
    const objects: readonly KubernetesObject[] = JSON.parse(
      gunzipSync(Buffer.from(textAt(record, 'binaryData', 'objects'), 'base64')).toString(),
    )
    return { ...about, target: { ...about.target, objects } }
  } catch {
    // Somebody edited it: what it says cannot be relied on.
    return undefined
  }
}
