import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { loadProject } from '../../agent/project.ts'
import { createPlan } from '../../manifest/create-plan.ts'
import type { Plan } from '../../manifest/plan.ts'
import { hashContext } from '../image/context.ts'
import { readDockerfile } from '../image/dockerfile.ts'
import { type ImageRecord, readRecord } from '../image/record.ts'

/** Which deployment of which project. */
export interface PlanOptions {
  /** Directory of the project, absolute. */
  readonly dir: string
  readonly environment: string | undefined
  readonly image: string | undefined
  /** Changes what the project says of its deployment, before it is checked. */
  readonly alter?: (deployment: unknown) => unknown
}

/**
 * What manifests of a project are made from. The machine's own environment has no part in it; the image that was built last has, as long as
 * the files in it are those of the project.
 *
 * Rejects as `loadProject` and `createPlan` do.
 */
export async function planProject({ dir, environment, image, alter }: PlanOptions): Promise<Plan> {
  const { agents, given } = await loadProject(dir)
  const built = await currentImage(dir)
  const plan = createPlan({
    packageName: await packageNameOf(dir),
    environment,
    deployment: alter === undefined ? given.deployment : alter(given.deployment),
    settings: given.settings,
    agents: Object.fromEntries([...agents].map(([name, { release }]) => [name, release])),
    ...(image === undefined ? {} : { image }),
    ...(built === undefined ? {} : { built }),
  })
  const isLocal = built?.pushed === false && plan.image.endsWith(built.digest)
  return isLocal ? { ...plan, warnings: [...plan.warnings, unpushed(plan.image)] } : plan
}

async function currentImage(dir: string): Promise<ImageRecord | undefined> {
  const record = await readRecord(dir)
  if (record === undefined) return undefined
  const { text } = await readDockerfile(dir)
  return (await hashContext(dir, text)) === record.context ? record : undefined
}

function unpushed(image: string): string {
  return `The image ${image} was built here and pushed nowhere: \`polis build --push\` pushes it`
}

async function packageNameOf(dir: string): Promise<string> {
  // A folder without one is called what it is called.
  const text = await readFile(join(dir, 'package.json'), 'utf8').catch(() => '{}')
  const { name } = JSON.parse(text) as { readonly name?: unknown }
  return typeof name === 'string' ? name : basename(dir)
}
