import type { Command } from 'commander'
import { EVAL_AGENT, EVAL_TAGS } from '../../core/eval.ts'
import type { RunView } from '../../core/route/wire.ts'
import { readResult } from '../../eval/result.ts'
import type { CliClient } from '../connection.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { score, spent } from '../eval/show-eval.ts'
import { parseLimit } from '../parse-option.ts'
import { showAge } from '../show-run.ts'
import { type Column, renderTable } from '../terminal/table.ts'

interface EvalListOptions {
  readonly eval?: string
  readonly agent?: string
  readonly release?: string
  readonly limit?: string
  readonly cursor?: string
}

/** Adds `polis eval list`. */
export function addEvalList(group: Command, cli: Cli): void {
  group
    .command('list')
    .description('list the results of evals, newest first; --json has every score')
    .option('-e, --eval <name>', 'of this eval')
    .option('-a, --agent <name>', 'of this agent')
    .option('--release <release>', 'of this release of the agent')
    .option('-n, --limit <number>', 'how many, from 1 to 200 (default: 20)')
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action(async (options: EvalListOptions, command: Command) => {
      await list(options, contextOf(command, cli))
    })
}

async function list(options: EvalListOptions, context: Context): Promise<void> {
  const page = await context.connected('look', (client) => resultsOf(client, options))
  if (context.json) return context.document(page)
  if (page.items.length === 0) return context.note("No results. 'polis eval' makes some")
  context.print(...renderTable(columnsOf(context), page.items, context.style, context.width))
  if (page.cursor !== undefined) context.note(`More: add --cursor ${page.cursor}`)
}

async function resultsOf(client: CliClient, options: EvalListOptions) {
  const tags = Object.fromEntries(
    Object.entries({ eval: options.eval, agent: options.agent, release: options.release }).flatMap(([key, value]) =>
      value === undefined ? [] : [[EVAL_TAGS[key as 'eval' | 'agent' | 'release'], value]],
    ),
  )
  const page = await client.runs.list({
    ...{ agent: EVAL_AGENT, tags, limit: parseLimit(options.limit) },
    ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
  })
  // A list has no outputs.
  const items: RunView[] = []
  for (const { run } of page.items) items.push(await client.runs.get(run))
  return { ...page, items }
}

function columnsOf({ io, style }: Context): readonly Column<RunView>[] {
  const now = io.clock.now()
  const result = (run: RunView) => readResult(run.output)
  return [
    { title: 'RUN', value: (run) => run.run },
    { title: 'EVAL', value: (run) => run.tags[EVAL_TAGS.eval] ?? '', flexible: true },
    { title: 'AGENT', value: (run) => run.tags[EVAL_TAGS.agent] ?? '', flexible: true },
    { title: 'RELEASE', value: (run) => run.tags[EVAL_TAGS.release] ?? '' },
    { title: 'MEAN', value: (run) => score(result(run)?.mean, result(run)?.spread), align: 'end' },
    { title: 'PASSED', value: (run) => passedOf(run), align: 'end' },
    {
      title: 'COST',
      value: (run) => (result(run) === undefined ? '' : spent(result(run)?.spent ?? { nanos: 0, tokens: 0 })),
      align: 'end',
    },
    { title: 'AGE', value: (run) => showAge(run.createdAt, now), align: 'end' },
    {
      title: 'VERDICT',
      value: verdictOf,
      paint: (text, run) => (result(run)?.verdict.passed ? style.green(text) : style.red(text)),
    },
  ]
}

function passedOf(run: RunView): string {
  const result = readResult(run.output)
  return result === undefined ? '' : `${result.passed}/${result.cases.length}`
}

function verdictOf(run: RunView): string {
  const result = readResult(run.output)
  if (result === undefined) return run.status
  return result.verdict.passed ? 'passed' : 'failed'
}
