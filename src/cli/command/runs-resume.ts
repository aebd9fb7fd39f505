import type { Command } from 'commander'
import { actOnRun } from '../act-on-run.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis runs resume`. */
export function addRunsResume(runs: Command, cli: Cli): void {
  runs
    .command('resume')
    .description('go on with a paused run')
    .argument('<run>', 'the run’s id')
    .action(async (run: string, _options: object, command: Command) => {
      await actOnRun(contextOf(command, cli), (client) => client.runs.resume(run))
    })
}
