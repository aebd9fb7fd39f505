/**
 * What is typed in a chat, whatever it is typed at.
 *
 * Role: sends messages, answers questions, does the commands that begin with a slash.
 * Boundary: draws through a screen, and knows no terminal.
 */
import { PolisError } from '../../core/error.ts'
import type { Attachment } from '../../core/message.ts'
import type { CliClient } from '../connection.ts'
import { editable, readAnswer, readEdited } from '../question/read-answer.ts'
import { escapeText } from '../terminal/escape.ts'
import type { OpenQuestion } from '../tree/node.ts'
import type { Conversation, ConversationListener } from './conversation.ts'
import { createConversation } from './conversation.ts'
import { type OpenedSession, openSession, readHistory } from './open-session.ts'
import type { Screen } from './screen.ts'
import { HELP, mediaTypeOf, parseSlash, readAttachment, type SlashCommand } from './slash-command.ts'

/** What a talk needs. */
export interface TalkOptions {
  readonly client: CliClient
  readonly agent: string
  readonly session: string | undefined
  readonly cwd: string
  readonly screen: Screen
  readonly listener: ConversationListener
  readonly signal: AbortSignal
}

/** A talk with an agent, over one session after the other. */
export interface Talk {
  session(): OpenedSession
  active(): string | undefined
  question(): OpenQuestion | undefined
  /** What is edited as JSON: the question, and the text to begin with. */
  editing(): { readonly text: string } | undefined
  /** Takes a line; `quit` when it asks to leave. Rejects with what is wrong. */
  enter(line: string): Promise<'quit' | undefined>
  /** Cancels the run that answers; the session stays. */
  interrupt(): Promise<void>
  /** Rejects when the stream of the session is lost for good. */
  readonly lost: Promise<never>
}

/** Opens a session and begins to follow it. Rejects with why it cannot be. */
export async function openTalk(options: TalkOptions): Promise<Talk> {
  const { client, agent, screen, cwd } = options
  const { promise: lost, reject } = Promise.withResolvers<never>()
  // Whoever talks hears of it; until then it is nobody's fault.
  lost.catch(() => {})
  const files: Attachment[] = []
  let current = await follow(await openSession(client, agent, options.session), options, reject)
  let edited: OpenQuestion | undefined
  const go = async (command: SlashCommand) => {
    if (command.kind === 'quit') return 'quit' as const
    if (command.kind === 'new') {
      const opened = await openSession(client, agent, command.session)
      current.stop()
      current = await follow(opened, options, reject)
    } else await act(command, { client, screen, cwd, files, opened: current.opened })
    return undefined
  }
  return {
    lost,
    session: () => current.opened,
    active: () => current.conversation.active(),
    question: () => current.conversation.question(),
    editing: () => (edited === undefined ? undefined : { text: editable(edited) ?? '' }),
    async enter(line) {
      const question = current.conversation.question()
      if (edited !== undefined && edited === question) {
        edited = undefined
        await current.conversation.answer(question, await readEdited(line, question))
        return undefined
      }
      edited = undefined
      const command = parseSlash(line)
      if (command !== undefined) return go(command)
      if (question !== undefined) {
        if (line.trim() === 'e' && editable(question) !== undefined) edited = question
        else await current.conversation.answer(question, await readAnswer(line, question))
        return undefined
      }
      if (line.trim() === '' && files.length === 0) return undefined
      await current.conversation.send(line.startsWith('//') ? line.slice(1) : line, files.splice(0))
      return undefined
    },
    async interrupt() {
      const run = current.conversation.active()
      if (run !== undefined) await cancel(client, run)
    },
  }
}

async function follow(opened: OpenedSession, options: TalkOptions, lose: (reason: unknown) => void) {
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const { client, listener, screen } = options
  const conversation: Conversation = createConversation({ client, session: opened.session, signal, listener })
  for (const message of opened.history) screen.message(message)
  conversation.follow(opened.position).then(() => (signal.aborted ? undefined : lose(removed(opened.session))), lose)
  return { opened, conversation, stop: () => stop.abort() }
}

interface Acting extends Pick<TalkOptions, 'client' | 'screen' | 'cwd'> {
  readonly files: Attachment[]
  readonly opened: OpenedSession
}

async function act(
  command: Exclude<SlashCommand, { readonly kind: 'quit' | 'new' }>,
  { client, screen, cwd, files, opened }: Acting,
): Promise<void> {
  switch (command.kind) {
    case 'help':
      return screen.lines(...HELP)
    case 'history':
      for (const message of (await readHistory(client, opened.session)).history) screen.message(message)
      return
    case 'title':
      await client.sessions.change(opened.session, { title: command.title })
      return screen.lines(`  The session is named ${escapeText(command.title)}`)
    case 'attach': {
      const { name, bytes } = await readAttachment(command.file, cwd)
      if (opened.shape.kind === 'text' || !opened.shape.attachments) throw takesNoFiles(opened.agent)
      const mediaType = mediaTypeOf(name)
      const { hash } = await client.blobs.put(bytes, { name, mediaType })
      files.push({ blob: hash, mediaType, name })
      return screen.lines(`  ${escapeText(name)} (${bytes.byteLength} bytes) goes with the next message`)
    }
  }
}

async function cancel(client: CliClient, run: string): Promise<void> {
  try {
    await client.runs.cancel(run, 'interrupted')
  } catch (reason) {
    // It was over already.
    if (PolisError.from(reason).code !== 'ALREADY_ENDED') throw reason
  }
}

function removed(session: string): PolisError {
  return new PolisError('NOT_FOUND', `Session ${session} was removed`)
}

function takesNoFiles(agent: string): PolisError {
  return new PolisError('INVALID_INPUT', `Agent ${agent} takes no files: its input has no attachments`)
}
