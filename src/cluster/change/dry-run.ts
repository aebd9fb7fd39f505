import { PolisError } from '../../core/error.ts'
import { type KubernetesObject, nameOf } from '../../manifest/object.ts'
import { conflictsIn } from '../api/error.ts'
import { type ClusterApi, type FieldConflict, refOf } from '../api.ts'
import { type Change, changeOf } from './change.ts'

/** What the cluster says to all objects before any of them is applied. */
export interface DryRun {
  readonly changes: readonly Change[]
  readonly conflicts: readonly ObjectConflict[]
  /** Objects that could not be asked about, since their namespace does not exist: shown as they were rendered. */
  readonly unchecked: readonly KubernetesObject[]
}

/** Fields of an object that somebody else has set. */
export interface ObjectConflict {
  readonly object: string
  readonly conflicts: readonly FieldConflict[]
}

/**
 * Asks the cluster what it would make of every object: strict fields, defaults, admission, quota; nothing is kept.
 *
 * Rejects with INVALID_CONFIG that lists every object which is refused, a line each. Conflicts are no error here.
 */
export async function dryRun(
  api: ClusterApi,
  objects: readonly KubernetesObject[],
  options: { readonly force: boolean },
): Promise<DryRun> {
  const outcomes = await Promise.all(objects.map((object) => one(api, object, options.force)))
  const faults = outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.fault] : []))
  if (faults.length > 0) throw refused(faults)
  return {
    changes: outcomes.flatMap((outcome) => ('change' in outcome ? [outcome.change] : [])),
    conflicts: outcomes.flatMap((outcome) => (outcome.kind === 'conflict' ? [outcome.conflict] : [])),
    unchecked: outcomes.flatMap((outcome) => (outcome.kind === 'unchecked' ? [outcome.object] : [])),
  }
}

type Outcome =
  | { readonly kind: 'checked'; readonly change: Change }
  | { readonly kind: 'unchecked'; readonly change: Change; readonly object: KubernetesObject }
  | { readonly kind: 'conflict'; readonly change: Change; readonly conflict: ObjectConflict }
  | { readonly kind: 'refused'; readonly fault: string }

async function one(api: ClusterApi, object: KubernetesObject, force: boolean): Promise<Outcome> {
  const live = await api.get(refOf(object))
  try {
    return { kind: 'checked', change: changeOf(live, await api.apply(object, { dryRun: true, force })) }
  } catch (reason) {
    const error = PolisError.from(reason)
    const conflicts = conflictsIn(error)
    if (conflicts.length > 0) {
      // What it would be once the fields are taken over.
      const change = changeOf(live, await api.apply(object, { dryRun: true, force: true }))
      return { kind: 'conflict', change, conflict: { object: nameOf(object), conflicts } }
    }
    const isHomeless = error.code === 'NOT_FOUND' && object.metadata.namespace !== undefined
    if (isHomeless) return { kind: 'unchecked', change: changeOf(undefined, object), object }
    if (!REFUSALS.has(error.code)) throw error
    return { kind: 'refused', fault: error.message }
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['INVALID_CONFIG', 'FORBIDDEN', 'TOO_LARGE'])

function refused(faults: readonly string[]): PolisError {
  const head = faults.length === 1 ? 'The cluster refuses an object' : `The cluster refuses ${faults.length} objects`
  return new PolisError('INVALID_CONFIG', [`${head}:`, ...faults].join('\n'), {
    details: { faults, hint: 'Nothing was changed: correct the deployment in polis.config.ts, or what is refused' },
  })
}

/** The error of conflicts: who has set which field. */
export function conflictError(conflicts: readonly ObjectConflict[]): PolisError {
  const faults = conflicts.flatMap(({ object, conflicts: fields }) =>
    fields.map(({ field, manager }) => `${object}: ${field} was set by ${manager}`),
  )
  return new PolisError('CONFLICT', ['Fields were set by others since:', ...faults].join('\n'), {
    details: { faults, conflicts, hint: 'Nothing was changed: --force-conflicts takes these fields over' },
  })
}
