import type { Command } from 'commander'
import { actOnRun } from '../act-on-run.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis runs cancel`. */
export function addRunsCancel(runs: Command, cli: Cli): void {
  runs
    .command('cancel')
    .description('cancel a run and its child runs')
    .argument('<run>', 'the run’s id')
    .option('--reason <text>', 'why; kept in its journal')
    .action(async (run: string, options: { readonly reason?: string }, command: Command) => {
      await actOnRun(contextOf(command, cli), (client) => client.runs.cancel(run, options.reason))
    })
}
