/**
 * A chat at a terminal.
 *
 * Role: joins what is typed with what is drawn: the prompt shows while nothing is answered, or a question is asked.
 * Boundary: what lines mean is the talk's business.
 *
 * 1. Nothing is drawn while the prompt shows: it is taken away before, and comes back after.
 * 2. Ctrl-C interrupts an answer; a second one, or one while nothing is answered and nothing is typed, leaves.
 */
import { PolisError } from '../../core/error.ts'
import type { CliClient } from '../connection.ts'
import type { Context } from '../context.ts'
import { answerPrompt, questionLines } from '../question/show-question.ts'
import { escapeText } from '../terminal/escape.ts'
import { createLineReader, type LineReader } from '../terminal/line-reader.ts'
import type { OpenQuestion } from '../tree/node.ts'
import type { ConversationListener } from './conversation.ts'
import { createScreen, type Screen } from './screen.ts'
import { openTalk, type Talk } from './talk.ts'

/** What is talked about, with whom. */
export interface ChatOptions {
  readonly client: CliClient
  readonly context: Context
  readonly agent: string
  readonly session: string | undefined
}

/** Talks until someone leaves. */
export async function chatAtTerminal({ client, context, agent, session }: ChatOptions): Promise<void> {
  const { io, style } = context
  const { promise: over, resolve: leave } = Promise.withResolvers<void>()
  const stop = new AbortController()
  const screen = createScreen(io.stdout, style)
  const desk = createDesk({ context, screen, leave })
  io.stop.addEventListener('abort', () => leave(), { once: true })
  try {
    const signal = AbortSignal.any([io.stop, stop.signal])
    const talk = await openTalk({ client, agent, session, cwd: io.cwd, screen, listener: desk.listener, signal })
    desk.begin(talk)
    await Promise.race([over, talk.lost])
    desk.close()
    farewell(talk, context, screen)
  } finally {
    stop.abort()
    desk.close()
  }
}

interface DeskOptions {
  readonly context: Context
  readonly screen: Screen
  readonly leave: () => void
}

interface Desk {
  readonly listener: ConversationListener
  begin(talk: Talk): void
  close(): void
}

interface DeskState {
  talk: Talk | undefined
  reader: LineReader | undefined
  /** The question that is on the screen. */
  shown: OpenQuestion | undefined
  /** The JSON that was put into the line to be edited. */
  editing: string | undefined
  /** Whether another Ctrl-C leaves. */
  armed: boolean
  closed: boolean
}

function createDesk({ context, screen, leave }: DeskOptions): Desk {
  const { io, style } = context
  const state: DeskState = {
    ...{ talk: undefined, reader: undefined, shown: undefined, editing: undefined },
    ...{ armed: false, closed: false },
  }
  const refresh = () => showPrompt(state, context, screen)
  const draw = (drawn: () => void) => {
    state.reader?.hide()
    drawn()
    refresh()
  }
  const complain = (reason: unknown) => draw(() => screen.lines(style.red(escapeText(PolisError.from(reason).message))))
  const entered = (line: string) => {
    state.armed = false
    // What was wrong with an answer is said below it: the question is not shown again.
    state.talk?.enter(line).then((what) => (what === 'quit' ? leave() : refresh()), complain)
  }
  const interrupt = () => {
    const { talk, reader } = state
    if (state.armed || talk === undefined) return leave()
    if (talk.active() !== undefined) {
      state.armed = true
      draw(() => screen.lines(style.dim('— interrupting; Ctrl-C again leaves')))
      talk.interrupt().catch(complain)
    } else if (reader?.typed()) reader.clear()
    else {
      state.armed = true
      draw(() => screen.lines(style.dim('Ctrl-C again, or /quit, leaves')))
    }
  }
  return {
    listener: listenerOf(state, screen, draw, refresh),
    begin(talk) {
      state.talk = talk
      const { session, title, agent } = talk.session()
      const named = title === undefined ? '' : ` “${title}”`
      screen.lines(style.dim(`${escapeText(`${agent}, session ${session}${named}`)}; /help lists the commands`))
      state.reader = createLineReader(io, { line: entered, interrupt, end: leave })
      refresh()
    },
    close() {
      if (state.closed) return
      state.closed = true
      state.reader?.hide()
      state.reader?.close()
    },
  }
}

function listenerOf(
  state: DeskState,
  screen: Screen,
  draw: (drawn: () => void) => void,
  refresh: () => void,
): ConversationListener {
  return {
    message(message, own) {
      if (own) return
      // A question is shown whole below, and what was answered here was typed here.
      if (message.role === 'question') return
      draw(() => screen.message(message))
    },
    delta: (step, text) => draw(() => screen.delta(step, text)),
    reset: (step) => draw(() => screen.reset(step)),
    progress: (text) => draw(() => screen.progress(text)),
    toolEnded: (...ended) => draw(() => screen.toolEnded(...ended)),
    changed() {
      if (state.talk?.active() === undefined) state.armed = false
      refresh()
    },
  }
}

function showPrompt(state: DeskState, { style, io }: Context, screen: Screen): void {
  const { talk, reader } = state
  if (talk === undefined || reader === undefined || state.closed) return
  const question = talk.question()
  if (question !== undefined) {
    if (state.shown !== question) {
      reader.hide()
      screen.lines(...questionLines(question, style, io.clock.now()))
      state.shown = question
    }
    const editing = talk.editing()
    if (editing !== undefined) return edit(state, reader, editing.text)
    state.editing = undefined
    return reader.prompt(answerPrompt(question))
  }
  state.shown = undefined
  if (talk.active() !== undefined) return reader.hide()
  screen.settle()
  reader.prompt(style.cyan('› '))
}

// The text to edit is put into the line once, then it is the editor's.
function edit(state: DeskState, reader: LineReader, text: string): void {
  if (state.editing === text) return reader.prompt(EDIT)
  state.editing = text
  reader.prompt(EDIT, text)
}

const EDIT = 'JSON › '

function farewell(talk: Talk, { note, io }: Context, screen: Screen): void {
  screen.settle()
  if (io.stop.aborted) return
  const { agent, session } = talk.session()
  note(`'polis chat ${agent} --session ${session}' goes on here`)
}
