import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'

/** Adds `polis sessions remove`. */
export function addSessionsRemove(sessions: Command, cli: Cli): void {
  sessions
    .command('remove')
    .alias('rm')
    .description('remove a session and its runs, none of which is unfinished')
    .argument('<session>', 'the session’s id')
    .action(async (session: string, _: unknown, command: Command) => {
      const context = contextOf(command, cli)
      await context.connected('look', (client) => client.sessions.remove(session))
      if (context.json) return context.document({ session, removed: true })
      context.print(escapeText(`${session}  removed`))
    })
}
