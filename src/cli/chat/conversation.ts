/**
 * A conversation as it happens.
 *
 * Role: follows a session and says what is new in it: messages, pieces of an answer, tools, questions, ends.
 * Boundary: it draws nothing and reads nothing that is typed.
 *
 * 1. What is said is told once and in order, also by other devices; only pieces of an answer may be missing.
 * 2. Questions of the session's run, and of the runs below it, are open until they are answered, wherever that happens.
 */

import { PolisError } from '../../core/error.ts'
import type { ModelDelta } from '../../core/model.ts'
import { isRecord } from '../../core/record.ts'
import type { EntryView, TransientView } from '../../core/route/wire.ts'
import { createTranscript, nameOf, type Transcript, type TranscriptMessage } from '../../core/transcript.ts'
import type { CliClient } from '../connection.ts'
import { brief } from '../terminal/brief.ts'
import type { OpenQuestion } from '../tree/node.ts'

/** What a conversation tells. */
export interface ConversationListener {
  /** `own` where it was sent from here. */
  message(message: TranscriptMessage, own: boolean): void
  /** A piece of an answer on its way. */
  delta(step: string, text: string): void
  /** What came of an answer does not count: it begins again. */
  reset(step: string): void
  progress(text: string): void
  toolEnded(name: string, milliseconds: number, failure: string | undefined): void
  /** Something changed that decides what can be typed: a run began or ended, a question came or went. */
  changed(): void
}

/** A conversation that is followed. */
export interface Conversation {
  /** The session's unfinished run. */
  active(): string | undefined
  /** The oldest open question. */
  question(): (OpenQuestion & { readonly assignee?: string }) | undefined
  send(message: string, attachments: readonly Attachment[]): Promise<void>
  answer(question: OpenQuestion, value: unknown): Promise<void>
  /** Resolves when the session is removed or the signal aborts. */
  follow(after: string | undefined): Promise<void>
}

type Attachment = NonNullable<TranscriptMessage['attachments']>[number]
type Followed = (EntryView & { readonly run: string }) | (TransientView & { readonly run: string })

/** What a conversation needs. */
export interface ConversationOptions {
  readonly client: CliClient
  readonly session: string
  readonly signal: AbortSignal
  readonly listener: ConversationListener
}

/** Makes the conversation of a session. */
export function createConversation({ client, session, signal, listener }: ConversationOptions): Conversation {
  const state: State = {
    ...{ active: undefined, questions: [], transcripts: new Map(), sending: [] },
    ...{ answering: new Set(), recorded: new Set() },
  }
  const take = (event: Followed) => {
    // Pieces may come late: what is recorded has been said.
    if (!('sequence' in event)) {
      return state.recorded.has(`${event.run} ${event.step}`) ? undefined : tellTransient(event, listener)
    }
    takeEntry(state, event, listener)
    if (event.kind === 'child-started') followChild(event.data.run).catch(nothing)
  }
  const followChild = async (run: string) => {
    for await (const event of client.runs.follow(run, { signal })) {
      if (event.kind === 'end') continue
      if ('sequence' in event) takeBelow(state, { ...event, run }, listener)
      if (event.kind === 'child-started') followChild(event.data.run).catch(nothing)
    }
    dropQuestions(state, run, listener)
  }
  return {
    active: () => state.active,
    question: () => state.questions[0],
    async send(message, attachments) {
      state.sending.push(message)
      try {
        const files = attachments.length === 0 ? {} : { attachments }
        await client.sessions.send(session, { message, ...files }, { key: keyOf() })
      } catch (reason) {
        state.sending.splice(state.sending.indexOf(message), 1)
        throw reason
      }
    },
    async answer({ run, id }, value) {
      const key = `${run} ${id}`
      state.answering.add(key)
      try {
        await client.runs.answer(run, id, value)
      } catch (reason) {
        state.answering.delete(key)
        // Someone was faster: the question is answered, which is all that was wanted.
        if (PolisError.from(reason).code !== 'ALREADY_ANSWERED') throw reason
      }
    },
    async follow(after) {
      try {
        const from = after === undefined ? {} : { after }
        for await (const event of client.sessions.follow(session, { ...from, signal }))
          if (event.kind !== 'end') take(event)
      } catch (reason) {
        if (!signal.aborted) throw PolisError.from(reason)
      }
    },
  }
}

interface State {
  active: string | undefined
  questions: OpenQuestion[]
  readonly transcripts: Map<string, Transcript>
  /** Messages sent from here that did not come back yet. */
  readonly sending: string[]
  /** Questions answered from here, by run and id, whose answer did not come back yet. */
  readonly answering: Set<string>
  /** Steps of this turn that have ended, by run and id. */
  readonly recorded: Set<string>
}

const ENDS: ReadonlySet<string> = new Set([
  ...['run-completed', 'run-failed', 'run-cancelled', 'run-continued', 'run-diverged', 'run-dead'],
])

function tellTransient({ kind, step, data }: TransientView, listener: ConversationListener): void {
  // A summary that the agent makes for itself is no part of the conversation.
  if (nameOf(step) === 'compact') return
  if (kind === 'step-reset') return listener.reset(step)
  if (kind === 'progress') return listener.progress(brief(data))
  const delta = data as ModelDelta
  if (isRecord(data) && delta.type === 'text' && typeof delta.text === 'string') listener.delta(step, delta.text)
}

function takeEntry(state: State, entry: EntryView & { readonly run: string }, listener: ConversationListener): void {
  const { run, kind } = entry
  if (kind === 'run-submitted') {
    if (state.active === undefined) state.recorded.clear()
    state.active = run
  }
  if (kind === 'step-completed' || kind === 'step-failed') state.recorded.add(`${run} ${entry.data.id}`)
  const transcript = state.transcripts.get(run) ?? createTranscript()
  state.transcripts.set(run, transcript)
  for (const message of transcript(entry)) listener.message(message, isOwn(state, message, entry))
  takeBelow(state, entry, listener)
  if (!ENDS.has(kind)) return
  state.transcripts.delete(run)
  if (state.active === run) state.active = undefined
  dropQuestions(state, run, listener)
  listener.changed()
}

// What is told of a run and of those below it alike.
function takeBelow(state: State, entry: EntryView & { readonly run: string }, listener: ConversationListener): void {
  const { run } = entry
  switch (entry.kind) {
    case 'run-submitted':
      return listener.changed()
    case 'question-asked':
      state.questions.push({ run, ...entry.data })
      return listener.changed()
    case 'question-answered':
    case 'question-expired':
      state.questions = state.questions.filter((it) => it.run !== run || it.id !== entry.data.id)
      return listener.changed()
    case 'step-completed':
      return listener.toolEnded(nameOf(entry.data.id), entry.data.ms, undefined)
    case 'step-failed':
      return listener.toolEnded(nameOf(entry.data.id), entry.data.ms, entry.data.error.message)
  }
}

function isOwn({ sending, answering }: State, { role, text, run }: TranscriptMessage, { data }: EntryView): boolean {
  if (role === 'answer') return 'id' in data && answering.delete(`${run} ${data.id}`)
  const at = role === 'user' ? sending.indexOf(text) : -1
  if (at !== -1) sending.splice(at, 1)
  return at !== -1
}

function dropQuestions(state: State, run: string, listener: ConversationListener): void {
  const left = state.questions.filter((question) => question.run !== run)
  if (left.length === state.questions.length) return
  state.questions = left
  listener.changed()
}

// So that a message whose answer was lost on the way is not said twice.
function keyOf(): string {
  return crypto.randomUUID()
}

function nothing(): void {}
