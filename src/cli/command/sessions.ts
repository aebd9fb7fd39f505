import type { Command } from 'commander'
import type { SessionView } from '../../core/route/wire.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { parseLimit } from '../parse-option.ts'
import { showAge } from '../show-run.ts'
import { type Column, renderTable } from '../terminal/table.ts'

interface SessionOptions {
  readonly limit?: string
  readonly cursor?: string
}

/** Adds `polis sessions`. */
export function addSessions(program: Command, cli: Cli): void {
  program
    .command('sessions')
    .description('list the sessions; --json has their state')
    .option('-n, --limit <number>', 'how many, from 1 to 200 (default: 20)')
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action(async (options: SessionOptions, command: Command) => {
      await list(options, contextOf(command, cli))
    })
}

async function list({ limit, cursor }: SessionOptions, context: Context): Promise<void> {
  const request = { limit: parseLimit(limit), ...(cursor === undefined ? {} : { cursor }) }
  const page = await context.connected('look', (client) => client.sessions.list(request))
  if (context.json) return context.document(page)
  if (page.items.length === 0) return context.note("No sessions. 'polis run AGENT --session ID' begins one")
  context.print(...renderTable(columnsAt(context.io.clock.now()), page.items, context.style, context.width))
  if (page.cursor !== undefined) context.note(`More: add --cursor ${page.cursor}`)
}

function columnsAt(now: number): readonly Column<SessionView>[] {
  return [
    { title: 'SESSION', value: (session) => session.session, flexible: true },
    { title: 'AGENT', value: (session) => session.agent, flexible: true },
    { title: 'ACTIVE', value: (session) => session.active ?? '' },
    { title: 'WAITING', value: (session) => String(session.waiting), align: 'end' },
    { title: 'CHANGED', value: (session) => `${showAge(session.updatedAt, now)} ago`, align: 'end' },
  ]
}
