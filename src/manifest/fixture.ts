import type { DeploymentOptions } from '../core/deployment/schema.ts'
import { createPlan } from './create-plan.ts'
import type { Plan } from './plan.ts'
import { renderManifests } from './render.ts'

/** The plan of a small project, for tests. */
export function planOf(deployment: DeploymentOptions = {}, settings: Readonly<Record<string, unknown>> = {}): Plan {
  const agents = { clerk: 'r1', porter: 'r2' }
  return createPlan({ packageName: 'desk', environment: undefined, deployment, settings, agents })
}

/** The rendered objects of one kind, with its type. */
export function objectsOf<Type extends { kind: string }>(plan: Plan, kind: Type['kind']): readonly Type[] {
  const all = renderManifests(plan).flatMap(({ objects }) => objects)
  // The kind says the type.
  return all.filter((object) => object.kind === kind) as unknown as readonly Type[]
}
