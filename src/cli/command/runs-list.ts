import type { Command } from 'commander'
import { PolisError } from '../../core/error.ts'
import { nearest } from '../../core/nearest.ts'
import type { RunPageView, RunView } from '../../core/route/wire.ts'
import { RUN_STATUSES, type RunStatus } from '../../core/run.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { collect, parseLimit, parseTags } from '../parse-option.ts'
import { paintRunStatus, showAge } from '../show-run.ts'
import { type Column, renderTable } from '../terminal/table.ts'

interface ListOptions {
  readonly agent?: string
  readonly status?: readonly string[]
  readonly session?: string
  readonly tag?: readonly string[]
  readonly limit?: string
  readonly cursor?: string
  readonly archived?: boolean
}

/** Adds `polis runs list`. */
export function addRunsList(runs: Command, cli: Cli): void {
  runs
    .command('list')
    .alias('ls')
    .description('list runs, newest first')
    .option('-a, --agent <name>', 'of this agent')
    .option('-s, --status <status>', `in this status; may be repeated (${RUN_STATUSES.join(', ')})`, collect)
    .option('--session <id>', 'of this session')
    .option('-t, --tag <name=value>', 'with this tag; may be repeated', collect)
    .option('-n, --limit <number>', 'how many, from 1 to 200 (default: 20)')
    .option('--archived', 'that left the store for the archive')
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action(async (options: ListOptions, command: Command) => {
      await list(options, contextOf(command, cli))
    })
}

async function list(options: ListOptions, context: Context): Promise<void> {
  const { agent, session, cursor } = options
  const page = await context.connected('look', (client) =>
    client.runs.list({
      limit: parseLimit(options.limit),
      ...(agent === undefined ? {} : { agent }),
      ...(session === undefined ? {} : { session }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(options.status === undefined ? {} : { status: options.status.map(parseStatus) }),
      ...(options.archived ? { archived: true } : {}),
      ...(options.tag === undefined ? {} : { tags: parseTags(options.tag) }),
    }),
  )
  if (context.json) return context.document(page)
  if (page.items.length === 0) context.note(noneOf(page, options))
  else context.print(...renderTable(columnsOf(context), page.items, context.style, context.width))
  if (page.cursor !== undefined) context.note(`More: add --cursor ${page.cursor}`)
  else if (page.archived && page.items.length > 0) context.note('Older ones are in the archive: add --archived')
}

function noneOf({ archived }: RunPageView, options: ListOptions): string {
  if (options.archived) return 'No runs in the archive'
  return archived ? 'No runs but in the archive: add --archived' : "No runs. 'polis run AGENT' starts one"
}

function columnsOf({ style, io }: Context): readonly Column<RunView>[] {
  const now = io.clock.now()
  return [
    { title: 'RUN', value: (run) => run.run },
    { title: 'AGENT', value: (run) => run.agent, flexible: true },
    { title: 'STATUS', value: (run) => run.status, paint: (text, run) => paintRunStatus(run.status, style, text) },
    { title: 'AGE', value: (run) => showAge(run.createdAt, now), align: 'end' },
    { title: 'REASON', value: (run) => run.reason ?? '', flexible: true },
  ]
}

function parseStatus(given: string): RunStatus {
  const found = RUN_STATUSES.find((status) => status === given)
  if (found !== undefined) return found
  const near = nearest(given, RUN_STATUSES)
  throw new PolisError('INVALID_ARGUMENT', `--status: expected one of ${RUN_STATUSES.join(', ')}; got '${given}'`, {
    details: { hint: near === undefined ? 'Choose one of them' : `Did you mean ${near}?` },
  })
}
