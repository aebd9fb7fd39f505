import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import type { ExportFlags } from '../manifest/export-deployment.ts'

/** Adds `polis export`. */
export function addExport(program: Command, cli: Cli): void {
  program
    .command('export')
    .description("write the deployment's objects as a Helm chart, for those who must have one")
    .requiredOption('--helm', 'as a Helm chart; there is no other form')
    .requiredOption('-o, --output <dir>', 'folder of the chart; a chart that was exported there is written over')
    .option('-e, --env <environment>', 'environment of the deployment (default: its base)')
    .option('--image <image>', 'image to deploy, with its digest (default: as the project says)')
    .action(async (flags: ExportFlags, command: Command) => {
      const { exportDeployment } = await import('../manifest/export-deployment.ts')
      await exportDeployment(flags, contextOf(command, cli), cli)
    })
}
