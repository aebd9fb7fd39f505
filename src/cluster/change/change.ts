import { stringify } from 'yaml'
import type { KubernetesObject } from '../../manifest/object.ts'
import type { LiveObject, ObjectRef } from '../api.ts'
import { refOf } from '../api.ts'
import { clean } from './clean.ts'
import { diffLines } from './diff-lines.ts'

/** What applying an object would change. */
export interface Change {
  readonly ref: ObjectRef
  readonly kind: 'create' | 'update' | 'remove' | 'none'
  /** A unified diff without its head; empty for `none`. Values of secrets are masked. */
  readonly lines: readonly string[]
}

/**
 * What the cluster would make of an object (the answer of a dry run), beside what it has.
 *
 * What the API server itself writes is left out: versions, times, owners of fields, status.
 */
export function changeOf(live: LiveObject | undefined, next: KubernetesObject): Change {
  const ref = refOf(next)
  if (live === undefined) return { ref, kind: 'create', lines: diffLines([], textOf(next)) }
  const [before, after] = [JSON.stringify(clean(live)), JSON.stringify(clean(next))]
  if (before === after) return { ref, kind: 'none', lines: [] }
  const lines = diffLines(textOf(live), textOf(next))
  return { ref, kind: 'update', lines: lines.length > 0 ? lines : ['  (the value of a secret)'] }
}

/** What removing an object takes away. */
export function removalOf(live: LiveObject): Change {
  return { ref: refOf(live), kind: 'remove', lines: diffLines(textOf(live), []) }
}

function textOf(object: KubernetesObject): readonly string[] {
  const { apiVersion, kind, metadata, ...rest } = mask(clean(object))
  return stringify({ apiVersion, kind, metadata, ...rest }, { lineWidth: 0, aliasDuplicateObjects: false })
    .trimEnd()
    .split('\n')
}

function mask(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret') return object
  const masked = (values: unknown) =>
    typeof values === 'object' && values !== null
      ? Object.fromEntries(Object.keys(values).map((key) => [key, '(secret)']))
      : undefined
  const { data, stringData, ...rest } = object
  return {
    ...rest,
    ...(data === undefined ? {} : { data: masked(data) }),
    ...(stringData === undefined ? {} : { stringData: masked(stringData) }),
  }
}
