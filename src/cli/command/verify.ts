import type { Command } from 'commander'
import { withCluster } from '../cluster/flags.ts'
import type { VerifyFlags } from '../cluster/verify.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis verify`. */
export function addVerify(program: Command, cli: Cli): void {
  withCluster(program.command('verify'))
    .description("run the project's smoke runs against a deployment: a gate before the next environment")
    .option('--junit <file>', 'write the results as JUnit XML')
    .addHelpText('after', NOTES)
    .action(async (flags: VerifyFlags, command: Command) => {
      const { verify } = await import('../cluster/verify.ts')
      cli.exitCode = await verify(flags, contextOf(command, cli), cli)
    })
}

const NOTES = `
They are listed in deployment.smoke. The deployment is reached at --url, else by way of the cluster's API.
Exit code 0: every run ended as expected. 1: one did not, or the last revision is not a good one.`
