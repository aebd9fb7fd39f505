import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis runs remove`. */
export function addRunsRemove(runs: Command, cli: Cli): void {
  runs
    .command('remove')
    .alias('rm')
    .description('remove an ended run and its journal for good')
    .argument('<run>', 'the run’s id')
    .action(async (run: string, _options: object, command: Command) => {
      const context = contextOf(command, cli)
      await context.connected('look', (client) => client.runs.remove(run))
      if (context.json) return context.document({ run, removed: true })
      context.print(`${run}  removed`)
    })
}
