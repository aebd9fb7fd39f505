import type { Command } from 'commander'
import { actOnRun } from '../act-on-run.ts'
import { type Cli, contextOf } from '../context.ts'
import { parseWhole } from '../parse-option.ts'

/** Adds `polis runs fork`. */
export function addRunsFork(runs: Command, cli: Cli): void {
  runs
    .command('fork')
    .description('start a new run from what a run has recorded, on the agent’s code as it is now')
    .argument('<run>', 'the run’s id')
    .option('--at <sequence>', 'the last entry to take over (default: all before its end, or before it diverged)')
    .action(async (run: string, options: { readonly at?: string }, command: Command) => {
      const at = options.at === undefined ? undefined : parseWhole(options.at, '--at', 1, Number.MAX_SAFE_INTEGER)
      await actOnRun(contextOf(command, cli), (client) => client.runs.fork(run, at), 'agents')
    })
}
