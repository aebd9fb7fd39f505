import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1'
import type { ICronJob } from 'kubernetes-models/batch/v1'
import type { IPodSpec } from 'kubernetes-models/v1'
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

/** The pods of everything that makes some: of what, by its name, how many (none said is NaN), and what is in them. */
export function podsOf(
  plan: Plan,
): readonly { readonly name: string; readonly count: number; readonly pod: IPodSpec }[] {
  const sets = [...objectsOf<IDeployment>(plan, 'Deployment'), ...objectsOf<IStatefulSet>(plan, 'StatefulSet')]
  const jobs = objectsOf<ICronJob>(plan, 'CronJob')
  return [
    ...sets.map(({ metadata, spec }) => made(metadata?.name, spec?.replicas, spec?.template.spec)),
    ...jobs.map(({ metadata, spec }) => made(metadata?.name, 1, spec?.jobTemplate.spec?.template.spec)),
  ]
}

function made(name = '', count = Number.NaN, pod: IPodSpec = { containers: [] }) {
  return { name, count, pod }
}
