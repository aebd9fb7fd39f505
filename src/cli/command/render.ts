import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import type { RenderFlags } from '../manifest/render.ts'

/** Adds `polis render`. */
export function addRender(program: Command, cli: Cli): void {
  program
    .command('render')
    .description("print the deployment's manifests, or write them to a folder; the same project gives the same bytes")
    .option('-e, --env <environment>', 'environment of the deployment (default: its base)')
    .option('-o, --output <dir>', 'write a file for each concern to this folder')
    .option('--image <image>', 'image to deploy, with its digest (default: as the project says)')
    .option('--chaos', 'only the faults of `deployment.mesh.chaos`, which no other call renders')
    .action(async (flags: RenderFlags, command: Command) => {
      const { render } = await import('../manifest/render.ts')
      await render(flags, contextOf(command, cli), cli)
    })
}
