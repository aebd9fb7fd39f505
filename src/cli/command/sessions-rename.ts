import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'

/** Adds `polis sessions rename`. */
export function addSessionsRename(sessions: Command, cli: Cli): void {
  sessions
    .command('rename')
    .description('give a session a title, which its agent does not change any more')
    .argument('<session>', 'the session’s id')
    .argument('[title]', 'the title; without one it is taken away')
    .action(async (session: string, title: string | undefined, _: unknown, command: Command) => {
      const context = contextOf(command, cli)
      const change = { title: title ?? null }
      const view = await context.connected('look', (client) => client.sessions.change(session, change))
      if (context.json) return context.document(view)
      context.print(escapeText(title === undefined ? `${session} has no title` : `${session} is named ${title}`))
    })
}
