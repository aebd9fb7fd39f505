import type { Command } from 'commander'
import { actOnRun } from '../act-on-run.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis runs pause`. */
export function addRunsPause(runs: Command, cli: Cli): void {
  runs
    .command('pause')
    .description('let the running steps end, then stop until it is resumed')
    .argument('<run>', 'the run’s id')
    .action(async (run: string, _options: object, command: Command) => {
      await actOnRun(contextOf(command, cli), (client) => client.runs.pause(run))
    })
}
