import type { Command } from 'commander'
import type { CliClient } from '../connection.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { exitOfRun, signalExit } from '../exit-code.ts'
import { readEntries } from '../read-entries.ts'
import { outcomeLines, runFields } from '../show-run.ts'
import { answerCommandOf } from '../tree/answer-command.ts'
import { createTreeModel } from '../tree/model.ts'
import { renderTree } from '../tree/render.ts'
import { watchRun } from '../watch-run.ts'

/** Adds `polis runs show`. */
export function addRunsShow(runs: Command, cli: Cli): void {
  runs
    .command('show')
    .description('show a run: how it stands, its steps, its open questions and how it ended')
    .argument('<run>', 'the run’s id')
    .option('-f, --follow', 'go on showing it until it ends')
    .action(async (run: string, options: { readonly follow?: boolean }, command: Command) => {
      const context = contextOf(command, cli)
      cli.exitCode = await context.connected('look', (client) =>
        options.follow ? follow(run, context, client) : show(run, context, client),
      )
    })
}

async function follow(run: string, context: Context, client: CliClient): Promise<number> {
  // A run that does not exist is an error now, not a stream that waits.
  await client.runs.get(run)
  const ended = await watchRun(run, { client, context, show: true })
  if (ended === undefined) return signalExit(context.io.stop.reason)
  context.print(...outcomeLines(ended, context))
  return exitOfRun(ended.status)
}

async function show(id: string, context: Context, client: CliClient): Promise<number> {
  const run = await client.runs.get(id)
  const entries = await readEntries(id, client, !context.json)
  if (context.json) {
    context.document({ ...run, entries: entries.map(({ run: _, ...entry }) => entry) })
    return 0
  }
  const model = createTreeModel()
  for (const entry of entries) model.entry(entry)
  const line = { style: context.style, width: context.width, now: context.io.clock.now() }
  context.print(...runFields(run, context), '', ...renderTree(model, answerCommandOf, line))
  const outcome = outcomeLines(run, context)
  if (outcome.length > 0) context.print('', ...outcome)
  return 0
}
