import type { Command } from 'commander'
import type { QuestionView } from '../../core/route/wire.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { answerAtTerminal } from '../inbox/answer-at-terminal.ts'
import { type Inbox, inboxLines, readInbox } from '../inbox/inbox-lines.ts'
import { watchInbox } from '../inbox/watch-inbox.ts'
import { parseLimit } from '../parse-option.ts'
import { readAnswer } from '../question/read-answer.ts'

interface InboxOptions {
  readonly assignee?: string
  readonly agent?: string
  readonly limit?: string
  readonly cursor?: string
  readonly watch?: boolean
}

/** Adds `polis inbox` and `polis inbox answer`. */
export function addInbox(program: Command, cli: Cli): void {
  const inbox = program.command('inbox').description('see what waits for a human, and answer it')
  inbox
    .command('list', { isDefault: true })
    .alias('ls')
    .description('list open questions, newest first; at a terminal, answer them')
    .option('--assignee <name>', 'for this person or group')
    .option('-a, --agent <name>', 'of this agent')
    .option('-n, --limit <number>', 'how many, from 1 to 200 (default: 20)')
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .option('-w, --watch', 'keep the list up to date until Ctrl-C')
    .action(async (options: InboxOptions, command: Command) => show(options, contextOf(command, cli)))
  inbox
    .command('answer')
    .description('answer a question')
    .argument('<run>', 'the run’s id')
    .argument('<question>', 'the question’s id')
    .argument('<answer>', 'the number or label of an option, yes or no, a text, or JSON, as the question wants it')
    .action(async (run: string, question: string, typed: string, _: unknown, command: Command) => {
      await answer({ run, question, typed }, contextOf(command, cli))
    })
}

async function show(options: InboxOptions, context: Context): Promise<void> {
  const filter = filterOf(options)
  await context.connected('look', async (client) => {
    if (options.watch) return watchInbox(client, filter, context)
    const page = await readInbox(client, filter)
    if (context.json) return context.document(page)
    if (page.items.length === 0) return context.note('Nothing waits for a human')
    context.print(...inboxLines(page.items, context))
    if (page.cursor !== undefined) context.note(`More: add --cursor ${page.cursor}`)
    if (context.io.stdin.isTTY && context.io.stdout.isTTY) await answerAtTerminal(client, page.items, context)
    else context.note("'polis inbox answer RUN QUESTION ANSWER' answers one")
  })
}

function filterOf({ assignee, agent, limit, cursor }: InboxOptions): Inbox {
  return {
    limit: parseLimit(limit),
    ...(assignee === undefined ? {} : { assignee }),
    ...(agent === undefined ? {} : { agent }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

async function answer(
  { run, question, typed }: { readonly run: string; readonly question: string; readonly typed: string },
  context: Context,
): Promise<void> {
  const value = await context.connected('look', async (client) => {
    const open: QuestionView = await client.questions.get(run, question)
    const read = await readAnswer(typed, open)
    await client.runs.answer(run, question, read)
    return read
  })
  if (context.json) return context.document({ run, question, answer: value })
  context.print(`${run}  answered ${question}`)
}
