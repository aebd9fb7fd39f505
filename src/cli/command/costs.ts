import type { Command } from 'commander'
import { parseDuration } from '../../core/duration.ts'
import type { CostList, CostView } from '../../core/route/wire.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { parseLimit } from '../parse-option.ts'
import { countCalls, showAssumed, showCost } from '../show-cost.ts'
import { type Column, renderTable } from '../terminal/table.ts'

interface CostOptions {
  readonly by: string
  readonly since?: string
  readonly limit?: string
}

/** Adds `polis costs`. */
export function addCosts(program: Command, cli: Cli): void {
  program
    .command('costs')
    .description('show what model calls cost; unknown prices and assumed charges are shown apart')
    .option('--by <what>', 'agent, model, session, day, or tag:NAME', 'agent')
    .option('--since <duration>', 'how far back, such as 24h or 7d (default: all that the ledger has)')
    .option('-n, --limit <number>', 'how many rows, from 1 to 200 (default: 20)')
    .action(async (options: CostOptions, command: Command) => {
      await show(options, contextOf(command, cli))
    })
}

async function show({ by, since, limit }: CostOptions, context: Context): Promise<void> {
  const from = since === undefined ? undefined : context.io.clock.now() - parseDuration(since, '--since')
  const query = { by, limit: parseLimit(limit), ...(from === undefined ? {} : { from }) }
  const costs = await context.connected('look', (client) => client.costs.list(query))
  if (context.json) return context.document(costs)
  const { items, total } = costs
  if (total.calls === 0) return context.note('No model calls were charged in this time')
  const title = by.slice(by.indexOf(':') + 1)
  const rows: Row[] = [...items.map((item) => ({ ...item, name: item.group ?? 'none' })), { ...total, name: 'total' }]
  context.print(...renderTable(columnsOf(title), rows, context.style, context.width))
  for (const note of notesOf(total)) context.note(note)
}

type Row = Omit<CostList['items'][number], 'group'> & { readonly name: string }

function columnsOf(title: string): readonly Column<Row>[] {
  return [
    { title: title.toUpperCase(), value: ({ name }) => name, flexible: true },
    { title: 'CALLS', value: ({ calls }) => String(calls), align: 'end' },
    { title: 'TOKENS', value: ({ tokens }) => String(tokens), align: 'end' },
    { title: 'COST', value: showCost, align: 'end' },
    { title: 'OF IT ASSUMED', value: showAssumed, align: 'end' },
  ]
}

function notesOf({ unpriced, assumed }: CostView): readonly string[] {
  return [
    ...(unpriced === 0
      ? []
      : [`The price of ${countCalls(unpriced)} is not known: give the models one in models.prices of polis.config.ts`]),
    ...(assumed.calls === 0
      ? []
      : [`The outcome of ${countCalls(assumed.calls)} is not known: the most that it can have cost is booked`]),
  ]
}
