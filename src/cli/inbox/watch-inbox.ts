import { PolisError } from '../../core/error.ts'
import type { QuestionView } from '../../core/route/wire.ts'
import type { CliClient } from '../connection.ts'
import type { Context } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'
import { createFrame } from '../terminal/frame.ts'
import { type Inbox, inboxLines, readInbox } from './inbox-lines.ts'

/** How often it is looked for news (ms). */
const EVERY = 1000

/**
 * Keeps a list of the open questions up to date until a signal comes: in place on a terminal, else what is new as lines (with `--json`
 * a page of the list whenever it changed).
 */
export async function watchInbox(client: CliClient, inbox: Inbox, context: Context): Promise<void> {
  const view = context.json ? jsonView(context) : context.io.stdout.isTTY ? liveView(context) : lineView(context)
  try {
    while (!context.io.stop.aborted) {
      try {
        view.show((await readInbox(client, inbox)).items)
      } catch (reason) {
        const error = PolisError.from(reason)
        if (error.code !== 'UNREACHABLE') throw error
        view.lost(error)
      }
      await pause(context)
    }
  } finally {
    view.close()
  }
}

interface View {
  show(questions: readonly QuestionView[]): void
  lost(error: PolisError): void
  close(): void
}

function liveView(context: Context): View {
  const { io, style } = context
  let lines: readonly string[] = []
  const frame = createFrame(io.stdout, io.clock, () => lines)
  const draw = (now: readonly string[]) => {
    lines = now
    frame.invalidate()
  }
  return {
    show(questions) {
      const none = [style.dim('Nothing waits for a human')]
      draw(questions.length === 0 ? none : inboxLines(questions, context))
    },
    lost: ({ message }) => draw([style.red(escapeText(message))]),
    close() {
      frame.close()
      context.print(...lines)
    },
  }
}

function lineView(context: Context): View {
  const seen = new Set<string>()
  return {
    show(questions) {
      const fresh = questions.filter(({ run, id, askedAt }) => !seen.has(`${run} ${id} ${askedAt}`))
      for (const { run, id, askedAt } of fresh) seen.add(`${run} ${id} ${askedAt}`)
      context.print(...fresh.reverse().map(({ run, id, question }) => escapeText(`${run}  ${id}  ${question}`)))
    },
    lost: ({ message }) => context.note(escapeText(message)),
    close() {},
  }
}

function jsonView({ io }: Context): View {
  let last: string | undefined
  return {
    show(items) {
      const line = JSON.stringify({ items })
      if (line !== last) io.stdout.write(`${line}\n`)
      last = line
    },
    lost() {},
    close() {},
  }
}

async function pause({ io: { clock, stop } }: Context): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.setTimer(clock.now() + EVERY, resolve)
  stop.addEventListener('abort', () => resolve(), { once: true })
  await promise
  cancel()
}
