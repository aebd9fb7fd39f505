import { PolisError } from '../../core/error.ts'
import { type KubernetesObject, nameOf } from '../../manifest/object.ts'
import { DEPLOYMENT_ANNOTATION } from '../../manifest/with-labels.ts'
import { conflictsIn } from '../api/error.ts'
import { type ClusterApi, type FieldConflict, type LiveObject, refOf } from '../api.ts'
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
    const change = changeOf(live, await api.apply(object, { dryRun: true, force }))
    const maker = force || live === undefined ? undefined : otherMaker(live, object)
    if (maker === undefined) return { kind: 'checked', change }
    return { kind: 'conflict', change, conflict: { object: nameOf(object), conflicts: [maker] } }
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

// All that we apply has one manager, so that the API sees no conflict where two deployments name the same object; and what somebody made
// with the same fields would become ours without a word, and be removed with what is ours.
function otherMaker({ metadata, kind }: LiveObject, object: KubernetesObject): FieldConflict | undefined {
  const owner = metadata.annotations?.[DEPLOYMENT_ANNOTATION]
  if (kind === 'Namespace' || owner === object.metadata.annotations?.[DEPLOYMENT_ANNOTATION]) return undefined
  const managers = [...new Set((metadata.managedFields ?? []).map(({ manager = '' }) => manager))].join(', ')
  return { field: WHOLE, manager: owner === undefined ? managers || 'somebody' : `the deployment ${owner}` }
}

/** Stands for a field where it is the object itself that somebody else has made. */
const WHOLE = '.'

const REFUSALS: ReadonlySet<string> = new Set(['INVALID_CONFIG', 'FORBIDDEN', 'TOO_LARGE'])

function refused(faults: readonly string[]): PolisError {
  const head = faults.length === 1 ? 'The cluster refuses an object' : `The cluster refuses ${faults.length} objects`
  return new PolisError('INVALID_CONFIG', [`${head}:`, ...faults].join('\n'), {
    details: { faults, hint: `Nothing was changed: ${adviceFor(faults)}` },
  })
}

function adviceFor(faults: readonly string[]): string {
  if (faults.some((fault) => fault.includes('updates to statefulset spec')))
    return '`kubectl delete statefulset NAME --cascade=orphan` leaves its pods and volumes, and another can then be applied; volumes that are there keep their size until their claims are changed'
  if (faults.some((fault) => /is immutable|may not be changed|cannot be changed/.test(fault)))
    return 'leave as it was what cannot be changed, or delete that object first'
  return 'correct the deployment in polis.config.ts, or what is refused'
}

/** The error of conflicts: who has set which field. */
export function conflictError(conflicts: readonly ObjectConflict[]): PolisError {
  const faults = conflicts.flatMap(conflictLines)
  return new PolisError('CONFLICT', ['Others have made or set what the deployment wants to:', ...faults].join('\n'), {
    details: { faults, conflicts, hint: 'Nothing was changed: --force-conflicts takes it over' },
  })
}

/** The conflicts of an object, a line each. */
export function conflictLines({ object, conflicts }: ObjectConflict): readonly string[] {
  return conflicts.map(({ field, manager }) =>
    field === WHOLE ? `${object} is there already, made by ${manager}` : `${object}: ${field} was set by ${manager}`,
  )
}
