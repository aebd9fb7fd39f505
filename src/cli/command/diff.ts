import type { Command } from 'commander'
import { type ClusterFlags, withCluster } from '../cluster/flags.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis diff`. */
export function addDiff(program: Command, cli: Cli): void {
  withCluster(program.command('diff'))
    .description('show what `polis apply` would change: the cluster itself is asked, and keeps nothing')
    .option('--image <image>', 'image to deploy, with its digest (default: as the project says)')
    .addHelpText('after', '\nExit code 0: nothing would change. 1: something would. Values of secrets are not shown.')
    .action(async (flags: ClusterFlags, command: Command) => {
      const { diff } = await import('../cluster/diff.ts')
      cli.exitCode = await diff(flags, contextOf(command, cli), cli)
    })
}
