import { readdir, rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { type Manifest, nameOf } from '../../manifest/object.ts'
import { renderChaos } from '../../manifest/render/mesh/chaos.ts'
import { absentManifests, renderManifests } from '../../manifest/render.ts'
import { toYaml } from '../../manifest/yaml.ts'
import type { Cli, Context } from '../context.ts'
import { readOptional } from '../image/dockerfile.ts'
import { escapeText } from '../terminal/escape.ts'
import { writeOut } from '../write-out.ts'

/** Its options. */
export interface RenderFlags {
  readonly env?: string
  readonly output?: string
  readonly image?: string
  readonly chaos?: true
}

/** Prints the manifests, or writes them to a folder. */
export async function render({ env, output, image, chaos }: RenderFlags, context: Context, cli: Cli): Promise<void> {
  const plan = await cli.ports.plan({ dir: context.dir, environment: env, image })
  for (const warning of plan.warnings) context.note(`warning: ${warning}`)
  const manifests = chaos ? [renderChaos(plan, context.io.clock.now())] : renderManifests(plan)
  if (output !== undefined) {
    const folder = resolve(context.io.cwd, output)
    await writeAll(context, manifests, folder)
    if (!chaos) await removeStale(context, absentManifests(plan), folder)
    return await warnOfOthers(context, manifests, folder)
  }
  if (context.json) return context.document({ items: manifests.flatMap(({ objects }) => objects) })
  context.io.stdout.write(manifests.map((manifest) => toYaml(manifest)).join('---\n'))
}

// What an earlier rendering left would be applied with the folder. Only what begins as ours does is removed.
async function removeStale(
  context: Context,
  absent: ReturnType<typeof absentManifests>,
  folder: string,
): Promise<void> {
  for (const { file, about } of absent) {
    const text = await readOptional(join(folder, file))
    if (!text?.startsWith(toYaml({ about, objects: [] }))) continue
    await rm(join(folder, file))
    context.note(`${file}: removed, the deployment has nothing of it any more`)
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

// Whoever applies the folder applies them too: those of a concern that the deployment no longer has, for one.
async function warnOfOthers(context: Context, manifests: readonly Manifest[], folder: string): Promise<void> {
  const written = new Set(manifests.map(({ file }) => file))
  const others = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name) && !written.has(name))
  if (others.length === 0) return
  context.note(
    `warning: ${escapeText(others.join(', '))} in that folder ${others.length === 1 ? 'is' : 'are'} not of this render`,
  )
}
