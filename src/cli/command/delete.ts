import type { Command } from 'commander'
import type { DeleteFlags } from '../cluster/delete.ts'
import { withName } from '../cluster/flags.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis delete`. */
export function addDelete(program: Command, cli: Cli): void {
  withName(program.command('delete'))
    .description('remove the deployment from the cluster; its data stays unless --volumes is given')
    .option('--volumes', 'remove volume claims too, with every run in them, and generated secrets')
    .option('-y, --yes', 'do not ask')
    .option('--timeout <time>', 'time to wait for another who changes it (default: 10m)')
    .action(async (flags: DeleteFlags, command: Command) => {
      const { remove } = await import('../cluster/delete.ts')
      await remove(flags, contextOf(command, cli), cli)
    })
}
