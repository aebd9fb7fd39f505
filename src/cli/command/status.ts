import type { Command } from 'commander'
import { withName } from '../cluster/flags.ts'
import type { StatusFlags } from '../cluster/status.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis status`. */
export function addStatus(program: Command, cli: Cli): void {
  withName(program.command('status'))
    .description('show how the deployment stands: its revisions, objects, pods, old releases, and what went wrong')
    .option('-w, --watch', 'keep it up to date until interrupted')
    .addHelpText('after', '\nExit code 0: all is healthy. 1: something is not.')
    .action(async (flags: StatusFlags, command: Command) => {
      const { status } = await import('../cluster/status.ts')
      cli.exitCode = await status(flags, contextOf(command, cli), cli)
    })
}
