import type { Command } from 'commander'
import { withName } from '../cluster/flags.ts'
import type { RollbackFlags } from '../cluster/rollback.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis rollback`. */
export function addRollback(program: Command, cli: Cli): void {
  withName(program.command('rollback'))
    .description('bring back an earlier revision, as a new one; the project itself is not needed')
    .option('--to <number>', 'this revision (default: the good one before the present one)')
    .option('--timeout <time>', 'time to become healthy (default: 10m)')
    .option('--force-conflicts', 'take over fields that others have set')
    .option('--by <who>', 'who rolls back (default: the user of the cluster)')
    .option('--reason <text>', 'why, for the history')
    .action(async (flags: RollbackFlags, command: Command) => {
      const { rollback } = await import('../cluster/rollback.ts')
      cli.exitCode = await rollback(flags, contextOf(command, cli), cli)
    })
}
