import type { Command } from 'commander'
import { actOnRun } from '../act-on-run.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis runs retry`. */
export function addRunsRetry(runs: Command, cli: Cli): void {
  runs
    .command('retry')
    .description('go on with a failed or dead run at the step that failed; what is recorded is kept')
    .argument('<run>', 'the run’s id')
    .action(async (run: string, _options: object, command: Command) => {
      await actOnRun(contextOf(command, cli), (client) => client.runs.retry(run))
    })
}
