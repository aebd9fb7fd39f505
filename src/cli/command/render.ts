import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Manifest, nameOf } from '../../manifest/object.ts'
import { renderChaos } from '../../manifest/render/mesh/chaos.ts'
import { renderManifests } from '../../manifest/render.ts'
import { toYaml } from '../../manifest/yaml.ts'
import { type Cli, type Context, contextOf } from '../context.ts'

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
      if (output !== undefined) return await writeAll(context, manifests, resolve(context.io.cwd, output))
      if (context.json) return context.document({ items: manifests.flatMap(({ objects }) => objects) })
      context.io.stdout.write(manifests.map((manifest) => toYaml(manifest)).join('---\n'))
    })
}

async function writeAll(context: Context, manifests: readonly Manifest[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const manifest of manifests) await writeFile(join(folder, manifest.file), toYaml(manifest))
  const shown = relative(context.io.cwd, folder) || '.'
  context.document({
    folder,
    files: manifests.map(({ file, objects }) => ({ file, objects: objects.map(nameOf) })),
  })
  context.print(...manifests.map(({ file, objects }) => `${join(shown, file)}: ${objects.map(nameOf).join(', ')}`))
}
