import type { Command } from 'commander'
import { PolisError } from '../../core/error.ts'
import type { CliClient } from '../connection.ts'
import { type Cli, contextOf } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'

/** Adds `polis sessions tag`. */
export function addSessionsTag(sessions: Command, cli: Cli): void {
  sessions
    .command('tag')
    .description('set tags of a session, and take them away')
    .argument('<session>', 'the session’s id')
    .argument('<tags...>', 'name=value sets a tag, name= takes it away')
    .action(async (session: string, given: readonly string[], _: unknown, command: Command) => {
      const context = contextOf(command, cli)
      const view = await context.connected('look', (client) => tag(client, session, given))
      if (context.json) return context.document(view)
      const shown = Object.entries(view.tags).map(([name, value]) => `${name}=${value}`)
      context.print(escapeText(`${session}  ${shown.join(' ') || 'no tags'}`))
    })
}

async function tag(client: CliClient, session: string, given: readonly string[]) {
  const { tags } = await client.sessions.get(session)
  const changed = new Map(Object.entries(tags))
  for (const text of given) {
    const at = text.indexOf('=')
    if (at < 1)
      throw new PolisError('INVALID_ARGUMENT', `Expected a tag as name=value, or name= to take it away; got '${text}'`)
    if (at === text.length - 1) changed.delete(text.slice(0, at))
    else changed.set(text.slice(0, at), text.slice(at + 1))
  }
  return client.sessions.change(session, { tags: Object.fromEntries(changed) })
}
