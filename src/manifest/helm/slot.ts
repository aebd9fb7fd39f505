import type { KubernetesObject } from '../object.ts'
import type { Plan, RolePlan } from '../plan.ts'

/** A place in an object whose value is among the values of a chart. */
export interface Slot {
  /** Of the place, from the object's root. */
  readonly path: readonly (string | number)[]
  /** Of the value: `['roles', 'all', 'minReplicas']`. */
  readonly value: readonly string[]
}

/** The places of an object that depend on the size of an installation. */
export function slotsOf(plan: Plan, object: KubernetesObject): readonly Slot[] {
  if (object.kind === 'ResourceQuota') return [{ path: ['spec', 'hard'], value: ['quota'] }]
  const role = plan.roles.find(({ name }) => name === targetOf(object))
  return role === undefined ? [] : roleSlots(role, object)
}

/** Of which Deployment an object says something. */
function targetOf(object: KubernetesObject): string | undefined {
  if (object.kind === 'Deployment') return object.metadata.name
  const { scaleTargetRef } = (object.spec ?? {}) as { readonly scaleTargetRef?: { readonly name?: string } }
  return scaleTargetRef?.name
}

const BOUNDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Deployment: { replicas: 'minReplicas' },
  HorizontalPodAutoscaler: { minReplicas: 'minReplicas', maxReplicas: 'maxReplicas' },
  ScaledObject: { minReplicaCount: 'minReplicas', maxReplicaCount: 'maxReplicas' },
}

function roleSlots({ role }: RolePlan, object: KubernetesObject): readonly Slot[] {
  const bounds = Object.entries(BOUNDS[object.kind] ?? {})
    .filter(([field]) => valueAt(object, ['spec', field]) !== undefined)
    .map(([field, name]): Slot => ({ path: ['spec', field], value: ['roles', role, name] }))
  const resources = ['spec', 'template', 'spec', 'containers', 0, 'resources']
  if (object.kind !== 'Deployment' || valueAt(object, resources) === undefined) return bounds
  return [...bounds, { path: resources, value: ['roles', role, 'resources'] }]
}

/** What is at a place of an object; undefined where there is no such place. */
export function valueAt(object: unknown, path: readonly (string | number)[]): unknown {
  // Any JSON; what has no such field has none.
  return path.reduce<unknown>(
    (at, key) => (at as Readonly<Record<string | number, unknown>> | undefined)?.[key],
    object,
  )
}
