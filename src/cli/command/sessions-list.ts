import type { Command } from 'commander'
import type { SessionView } from '../../core/route/wire.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { collect, parseLimit, parseTags } from '../parse-option.ts'
import { showAge } from '../show-run.ts'
import { type Column, renderTable } from '../terminal/table.ts'

interface ListOptions {
  readonly agent?: string
  readonly tag?: readonly string[]
  readonly active?: boolean
  readonly limit?: string
  readonly cursor?: string
}

/** Adds `polis sessions list`, which is also what `polis sessions` does. */
export function addSessionsList(sessions: Command, cli: Cli): void {
  sessions
    .command('list', { isDefault: true })
    .alias('ls')
    .description('list sessions, newest first; --json has their state')
    .option('-a, --agent <name>', 'of this agent')
    .option('-t, --tag <name=value>', 'with this tag; may be repeated', collect)
    .option('--active', 'with an unfinished run')
    .option('-n, --limit <number>', 'how many, from 1 to 200 (default: 20)')
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action(async (options: ListOptions, command: Command) => {
      await list(options, contextOf(command, cli))
    })
}

async function list({ agent, tag, active, limit, cursor }: ListOptions, context: Context): Promise<void> {
  const request = {
    limit: parseLimit(limit),
    ...(agent === undefined ? {} : { agent }),
    ...(tag === undefined ? {} : { tags: parseTags(tag) }),
    ...(active === undefined ? {} : { active }),
    ...(cursor === undefined ? {} : { cursor }),
  }
  const page = await context.connected('look', (client) => client.sessions.list(request))
  if (context.json) return context.document(page)
  if (page.items.length === 0) return context.note("No sessions. 'polis chat AGENT' begins one")
  context.print(...renderTable(columnsAt(context.io.clock.now()), page.items, context.style, context.width))
  if (page.cursor !== undefined) context.note(`More: add --cursor ${page.cursor}`)
}

function columnsAt(now: number): readonly Column<SessionView>[] {
  return [
    { title: 'SESSION', value: (session) => session.session, flexible: true },
    { title: 'AGENT', value: (session) => session.agent, flexible: true },
    { title: 'TITLE', value: (session) => session.title ?? '', flexible: true },
    { title: 'ACTIVE', value: (session) => session.active ?? '' },
    { title: 'WAITING', value: (session) => String(session.waiting), align: 'end' },
    { title: 'CHANGED', value: (session) => `${showAge(session.updatedAt, now)} ago`, align: 'end' },
  ]
}
