import { createInterface } from 'node:readline'
import { PolisError } from '../../core/error.ts'
import type { TranscriptMessage } from '../../core/transcript.ts'
import type { Context } from '../context.ts'
import { escapeLines, escapeText } from '../terminal/escape.ts'
import { answerCommandOf } from '../tree/answer-command.ts'
import type { OpenQuestion } from '../tree/node.ts'
import type { ConversationListener } from './conversation.ts'
import type { Screen } from './screen.ts'
import { openTalk, type Talk } from './talk.ts'
import type { ChatOptions } from './terminal-chat.ts'

/**
 * A chat over pipes: each line of standard input is a message, or the answer to the question that is asked; answers alone go to
 * standard output, or every message as a line of JSON. Answers the exit code: 1 when an answer failed, or a question is left open.
 */
export async function chatOverPipes({ client, context, agent, session }: ChatOptions): Promise<number> {
  const { io } = context
  const stop = new AbortController()
  const signal = AbortSignal.any([io.stop, stop.signal])
  const pipe = createPipe(context)
  try {
    const screen = quietScreen(context)
    const talk = await openTalk({ client, agent, session, cwd: io.cwd, screen, listener: pipe.listener, signal })
    // Not before, since lines that come while nobody waits for them are lost.
    using lines = createInterface({ input: io.stdin.stream, terminal: false })
    io.stop.addEventListener('abort', () => lines.close(), { once: true })
    for await (const line of lines) {
      const before = { ends: pipe.ends(), question: talk.question() }
      if ((await talk.enter(line)) === 'quit') break
      const said = line.trim() !== '' && (!line.startsWith('/') || line.startsWith('//'))
      if (said) await Promise.race([pipe.rests(talk, before), talk.lost])
    }
    return leave(talk, pipe.failed(), context)
  } finally {
    stop.abort()
  }
}

interface Pipe {
  readonly listener: ConversationListener
  /** How many runs have ended. */
  ends(): number
  failed(): boolean
  /** Resolves when a run has ended since, or another question is open. */
  rests(talk: Talk, since: { readonly ends: number; readonly question: OpenQuestion | undefined }): Promise<void>
}

function createPipe({ io, json, note }: Context): Pipe {
  let ends = 0
  let failed = false
  let running = false
  let wake = () => {}
  // Whoever pipes it on gets it as it is.
  const shown = (text: string) => (io.stdout.isTTY ? escapeLines(text) : text)
  const write = (message: TranscriptMessage) => {
    if (json) return io.stdout.write(`${JSON.stringify(message)}\n`)
    if (message.role !== 'assistant') return
    if (message.error !== undefined) note(escapeText(`${message.error.code}: ${message.error.message}`))
    else io.stdout.write(`${message.scripted ? '[scripted] ' : ''}${shown(message.text)}\n`)
  }
  return {
    ends: () => ends,
    failed: () => failed,
    listener: {
      message(message) {
        write(message)
        if (message.role === 'user') running = true
        if (message.error !== undefined && message.role === 'assistant') failed = true
      },
      ...{ delta() {}, reset() {}, progress() {}, toolEnded() {} },
      changed: () => wake(),
    },
    async rests(talk, since) {
      for (;;) {
        if (running && talk.active() === undefined) {
          ends++
          running = false
        }
        if (ends > since.ends) return
        const question = talk.question()
        if (question !== undefined && question !== since.question) return note(escapeText(question.question))
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

// History was said before: who pipes wants what is new.
function quietScreen({ note }: Context): Screen {
  return { message() {}, delta() {}, reset() {}, progress() {}, toolEnded() {}, settle() {}, lines: note }
}

function leave(talk: Talk, failed: boolean, { note, io }: Context): number {
  const { agent, session } = talk.session()
  const question = talk.question()
  if (question !== undefined)
    note(escapeText(`It asks: ${question.question}`), escapeText(`answer: ${answerCommandOf(question)}`))
  if (io.stop.aborted) throw new PolisError('CANCELLED', 'The chat was interrupted')
  note(`'polis chat ${agent} --session ${session}' goes on here`)
  return failed || question !== undefined ? 1 : 0
}
