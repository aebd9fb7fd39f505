import type { Command } from 'commander'
import { formatDuration } from '../../core/duration.ts'
import type { SessionView } from '../../core/route/wire.ts'
import type { TranscriptMessage } from '../../core/transcript.ts'
import { createScreen } from '../chat/screen.ts'
import type { CliClient } from '../connection.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { showAge } from '../show-run.ts'
import { escapeText } from '../terminal/escape.ts'
import { renderFields } from '../terminal/table.ts'

/** Adds `polis sessions show`. */
export function addSessionsShow(sessions: Command, cli: Cli): void {
  sessions
    .command('show')
    .description('show a session and what was said in it')
    .argument('<session>', 'the session’s id')
    .action(async (session: string, _: unknown, command: Command) => {
      await show(session, contextOf(command, cli))
    })
}

async function show(session: string, context: Context): Promise<void> {
  const { view, messages } = await context.connected('look', async (client) => ({
    view: await client.sessions.get(session),
    messages: await readAll(client, session),
  }))
  if (context.json) return context.document({ ...view, messages })
  context.print(...renderFields(fieldsOf(view, context.io.clock.now()), context.style))
  if (messages.length === 0) return
  context.print('')
  const screen = createScreen(context.io.stdout, context.style)
  for (const message of messages) screen.message(message)
}

async function readAll(client: CliClient, session: string): Promise<readonly TranscriptMessage[]> {
  const messages: TranscriptMessage[] = []
  for (let after: string | undefined; ; ) {
    const page = await client.sessions.messages(session, after === undefined ? {} : { after })
    // The wire's schema and the transcript are of one shape.
    messages.push(...(page.items as readonly TranscriptMessage[]))
    after = page.cursor
    if (after === undefined) return messages
  }
}

function fieldsOf(view: SessionView, now: number): readonly (readonly [string, string])[] {
  const { session, agent, title, tags, ttl, active, waiting, createdAt, updatedAt } = view
  const tagged = Object.entries(tags).map(([name, value]) => `${name}=${value}`)
  return [
    ['session', escapeText(session)],
    ['agent', escapeText(agent)],
    ...(title === undefined ? [] : [['title', escapeText(title)] as const]),
    ...(tagged.length === 0 ? [] : [['tags', escapeText(tagged.join(', '))] as const]),
    ...(active === undefined ? [] : [['active', `${active}${waiting > 0 ? `, ${waiting} waiting` : ''}`] as const]),
    ['begun', `${showAge(createdAt, now)} ago`],
    ['changed', `${showAge(updatedAt, now)} ago`],
    ...(ttl === undefined ? [] : [['removed', `in ${formatDuration(Math.max(0, updatedAt + ttl - now))}`] as const]),
  ]
}
