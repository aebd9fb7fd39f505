import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { PolisError } from '../../core/error.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { BUILDERS, type BuilderName } from '../image/builder.ts'
import { ejectDockerfile } from '../image/dockerfile.ts'

interface BuildFlags {
  readonly env?: string
  readonly tag?: string
  readonly base?: string
  readonly platform?: string
  readonly builder?: BuilderName
  readonly push?: true
  readonly sbom?: string
  readonly output?: string
  readonly eject?: true
}

/** Adds `polis build`. */
export function addBuild(program: Command, cli: Cli): void {
  program
    .command('build')
    .description(
      "build the deployment's image; the same project, packages and base give the same digest, which `polis render` then uses",
    )
    .option('-e, --env <environment>', 'environment of the deployment (default: its base)')
    .option('-t, --tag <tag>', 'tag of the image (default: as the project says, else the release)')
    .option('--push', 'push it to its registry')
    .option('--base <image>', 'image of Node to build on (default: as the project says, else node:26-slim)')
    .option('--platform <platform>', "platform of the image, such as linux/arm64 (default: the builder's)")
    .addOption(
      new Option('--builder <name>', 'what builds it (default: the first that is there and works)').choices(BUILDERS),
    )
    .option('--sbom <file>', 'write its bill of materials to this file, as CycloneDX 1.6')
    .option('-o, --output <file>', 'write the image to this file, as an OCI archive')
    .option('--eject', 'write the Dockerfile and .dockerignore into the project instead, to be changed there')
    .action(async (flags: BuildFlags, command: Command) => {
      const context = contextOf(command, cli)
      if (flags.eject) return await eject(context)
      checkFlags(flags)
      const { env: environment, sbom, output, tag, base, platform, builder, push = false } = flags
      const { dir, io } = context
      const plan = await cli.ports.plan({ dir, environment, image: UNBUILT })
      const file = (path: string | undefined) => (path === undefined ? undefined : resolve(io.cwd, path))
      const image = await cli.ports.build({
        ...{ dir, plan, tag, base, platform, builder, push, bill: file(sbom), archive: file(output) },
        ...{ env: io.env, clock: io.clock, signal: io.stop },
        show: context.json ? undefined : (text) => io.stderr.write(text),
      })
      for (const warning of image.warnings) context.note(`warning: ${warning}`)
      if (context.json) return context.document(image)
      context.print(
        `${image.reference} ${context.style.dim(`(${Math.ceil(image.size / 1e6)} MB, user ${image.user || 'root'})`)}`,
        `${image.digest}`,
      )
    })
}

// Whoever is held to pin images by their digest has none yet.
const UNBUILT = `not-built-yet@sha256:${'0'.repeat(64)}`

async function eject(context: Context): Promise<void> {
  const written = await ejectDockerfile(context.dir)
  if (context.json) return context.document({ written })
  context.print(...written.map((file) => `${context.style.green('+')} ${file}`))
}

function checkFlags({ tag, platform }: BuildFlags): void {
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag))
    throw new PolisError(
      'INVALID_ARGUMENT',
      `--tag: expected letters, digits, dots, hyphens and underscores, got '${tag}'`,
    )
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/.test(platform))
    throw new PolisError(
      'INVALID_ARGUMENT',
      `--platform: expected one platform, such as linux/arm64, got '${platform}'`,
    )
}
