import type { Command } from 'commander'
import type { ApplyFlags } from '../cluster/apply.ts'
import { withCluster } from '../cluster/flags.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis apply`. */
export function addApply(program: Command, cli: Cli): void {
  withCluster(program.command('apply'))
    .description(
      'bring the deployment to a cluster, wait until it is healthy, and go back by itself where it does not become so',
    )
    .option('--image <image>', 'image to deploy, with its digest (default: as the project says)')
    .option('--timeout <time>', 'time to become healthy (default: 10m)')
    .option('--no-rollback', 'leave what does not become healthy as it is')
    .option('--force-conflicts', 'take over fields that others have set')
    .option('--keep-releases', 'leave the workers of old releases, whether they hold runs or not')
    .option('--by <who>', 'who applies it (default: the user of the cluster)')
    .option('--reason <text>', 'why, for the history')
    .addHelpText('after', NOTES)
    .action(async (flags: ApplyFlags, command: Command) => {
      const { apply } = await import('../cluster/apply.ts')
      cli.exitCode = await apply(flags, contextOf(command, cli), cli)
    })
}

const NOTES = `
The workers of an old release stay until no run of it is left. The deployment is asked with --api-key (POLIS_API_KEY),
at --url or by way of the cluster's API, over all tenants: the key needs the scope releases:read. Exit code 1: it is not healthy.
What is interrupted goes on when it is run again.`
