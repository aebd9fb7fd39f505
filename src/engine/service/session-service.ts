import type { DecodedEntry } from '../../core/entry.ts'
import type { Attachment } from '../../core/message.ts'
import type { SessionPolicy } from '../../core/run.ts'
import type { TranscriptMessage } from '../../core/transcript.ts'
import type { Page, Paged } from '../../store/index-port.ts'
import type { NewSession, SessionChange, SessionFilter, SessionRecord } from '../../store/session.ts'
import type { Caller } from './caller.ts'
import type { RunView } from './run-view.ts'

/** The commands and queries on conversations. NOT_FOUND for a session that the tenant does not have. */
export interface SessionService {
  /** CONFLICT when there is one of that name, UNKNOWN_AGENT. */
  createSession(caller: Caller, request: CreateSession): Promise<SessionView>
  session(caller: Caller, session: string): Promise<SessionView>
  sessions(caller: Caller, filter: SessionFilter, page: Page): Promise<Paged<SessionView>>
  changeSession(caller: Caller, session: string, change: SessionChange): Promise<SessionView>
  /** Removes it with its runs; CONFLICT while one is unfinished. */
  removeSession(caller: Caller, session: string): Promise<void>
  /** Starts a run of the session's agent with the message as its input. INVALID_INPUT where the agent takes none; else as `submit`. */
  say(
    caller: Caller,
    session: string,
    message: SessionMessage,
  ): Promise<{ readonly run: RunView; readonly duplicate: boolean }>
  /** The entries of all its runs in the order of their turns, each once after a place, then live until the signal aborts or it is removed. */
  history(caller: Caller, session: string, after: string | undefined, signal: AbortSignal): AsyncIterable<SessionEntry>
  /** The conversation in messages, oldest first; a page ends with a turn, so it may hold more than `limit`. */
  transcript(caller: Caller, session: string, page: TranscriptPage): Promise<TranscriptView>
}

/** A session to begin; absent, its name is made up. `ttl` is milliseconds. */
export type CreateSession = Omit<NewSession, 'tenant' | 'session' | 'tags'> & {
  readonly session?: string
  readonly tags?: NewSession['tags']
}

export interface SessionView extends Omit<SessionRecord, 'tenant' | 'state'> {
  readonly state: unknown
}

/** What is said in a session. */
export interface SessionMessage {
  readonly message: string
  readonly attachments?: readonly Attachment[]
  readonly key?: string
  readonly policy?: SessionPolicy
  readonly tags?: Readonly<Record<string, string>>
}

/** An entry of one of a session's runs, and the place after it. */
export interface SessionEntry {
  readonly cursor: string
  readonly entry: DecodedEntry
}

export interface TranscriptPage {
  readonly after?: string
  readonly limit: number
}

/** Messages, the place after them, and where more of them are. */
export interface TranscriptView {
  readonly items: readonly TranscriptMessage[]
  readonly position: string
  readonly cursor?: string
  /** The run whose turn goes on, if the page reaches it, and the place where its turn began. */
  readonly unfinished?: { readonly run: string; readonly position: string }
}
