import { rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Manifest, nameOf } from '../../manifest/object.ts'
import { renderChaos } from '../../manifest/render/mesh/chaos.ts'
import { absentManifests, renderManifests } from '../../manifest/render.ts'
import { toYaml } from '../../manifest/yaml.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { readOptional } from '../image/dockerfile.ts'
import { writeOut } from '../write-out.ts'

interface RenderFlags {
  readonly env?: string
  readonly output?: string
  readonly image?: string
  readonly chaos?: true
}

/** Adds `polis render`. */
export function addRender(program: Command, cli: Cli): void {
  program
    .command('render')
    .description("print the deployment's manifests, or write them to a folder; the same project gives the same bytes")
    .option('-e, --env <environment>', 'environment of the deployment (default: its base)')
    .option('-o, --output <dir>', 'write a file for each concern to this folder')
    .option('--image <image>', 'image to deploy, with its digest (default: as the project says)')
    .option('--chaos', 'only the faults of `deployment.mesh.chaos`, which no other call renders')
    .action(async ({ env, output, image, chaos }: RenderFlags, command: Command) => {
      const context = contextOf(command, cli)
      const plan = await cli.ports.plan({ dir: context.dir, environment: env, image })
      for (const warning of plan.warnings) context.note(`warning: ${warning}`)
      const manifests = chaos ? [renderChaos(plan, context.io.clock.now())] : renderManifests(plan)
      if (output !== undefined) {
        const folder = resolve(context.io.cwd, output)
        await writeAll(context, manifests, folder)
        return chaos ? undefined : await removeStale(context, absentManifests(plan), folder)
      }
      if (context.json) return context.document({ items: manifests.flatMap(({ objects }) => objects) })
      context.io.stdout.write(manifests.map((manifest) => toYaml(manifest)).join('---\n'))
    })
}

// What an earlier rendering left would be applied with the folder. Only what begins as ours does is removed.
async function removeStale(
  context: Context,
  absent: ReturnType<typeof absentManifests>,
  folder: string,
): Promise<void> {
  for (const { file, about } of absent) {
    const path = join(folder, file)
    const text = await readOptional(path)
    if (text === undefined) continue
    const isOurs = text.startsWith(toYaml({ about, objects: [] }))
    if (isOurs) await rm(path)
    context.note(
      isOurs
        ? `${file}: removed, the deployment has nothing of it any more`
        : `warning: ${path} is not of this deployment: applying the folder applies it too`,
    )
  }
}

async function writeAll(context: Context, manifests: readonly Manifest[], folder: string): Promise<void> {
  for (const manifest of manifests) await writeOut(join(folder, manifest.file), toYaml(manifest), '--output')
  const shown = relative(context.io.cwd, folder) || '.'
  context.document({
    folder,
    files: manifests.map(({ file, objects }) => ({ file, objects: objects.map(nameOf) })),
  })
  context.print(...manifests.map(({ file, objects }) => `${join(shown, file)}: ${objects.map(nameOf).join(', ')}`))
}
