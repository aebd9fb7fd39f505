import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { loadProject } from '../../agent/project.ts'
import { createPlan } from '../../manifest/create-plan.ts'
import type { Plan } from '../../manifest/plan.ts'

/** Which deployment of which project. */
export interface PlanOptions {
  /** Directory of the project, absolute. */
  readonly dir: string
  readonly environment: string | undefined
  readonly image: string | undefined
}

/**
 * What manifests of a project are made from. The machine's own environment has no part in it.
 *
 * Rejects as `loadProject` and `createPlan` do.
 */
export async function planProject({ dir, environment, image }: PlanOptions): Promise<Plan> {
  const { agents, given } = await loadProject(dir)
  return createPlan({
    packageName: await packageNameOf(dir),
    environment,
    deployment: given.deployment,
    settings: given.settings,
    agents: Object.fromEntries([...agents].map(([name, { release }]) => [name, release])),
    ...(image === undefined ? {} : { image }),
  })
}

async function packageNameOf(dir: string): Promise<string> {
  // A folder without one is called what it is called.
  const text = await readFile(join(dir, 'package.json'), 'utf8').catch(() => '{}')
  const { name } = JSON.parse(text) as { readonly name?: unknown }
  return typeof name === 'string' ? name : basename(dir)
}
