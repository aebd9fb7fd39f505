import type {
  PageView,
  QueryValue,
  RequestInput,
  RunView,
  SessionEvent,
  SessionView,
  TranscriptView,
} from '../core/route/wire.ts'
import { followSession, type SessionFollowOptions } from './follow.ts'
import { iteratePages } from './iterate.ts'
import type { Call, CallOptions } from './operation-call.ts'
import type { SubmitOptions } from './runs.ts'
import type { FollowDependencies } from './stream.ts'

/** A session to begin; `ttl` is a duration such as `30d`, or milliseconds. */
export type SessionInput = NonNullable<RequestInput<'createSession'>['body']>
/** What to change of a session; null takes away. */
export type SessionChangeInput = NonNullable<RequestInput<'changeSession'>['body']>
/** What is said in a session. */
export type SessionMessageInput = NonNullable<RequestInput<'sendSessionMessage'>['body']>

/** Which sessions to list. */
export interface SessionsFilter {
  readonly agent?: string
  readonly tags?: Readonly<Record<string, string>>
  /** With an unfinished run, or without one. */
  readonly active?: boolean
  /** Of a page. */
  readonly limit?: number
  readonly cursor?: string
}

/** Conversations over REST. Every method rejects with a PolisError. */
export interface SessionsClient {
  create(input: SessionInput, options?: CallOptions): Promise<SessionView>
  get(session: string, options?: CallOptions): Promise<SessionView>
  list(filter?: SessionsFilter, options?: CallOptions): Promise<PageView<SessionView>>
  /** All sessions of a filter, page by page. */
  iterate(filter?: SessionsFilter, options?: CallOptions): AsyncIterable<SessionView>
  change(session: string, change: SessionChangeInput, options?: CallOptions): Promise<SessionView>
  /** With its runs, none of which may be unfinished. */
  remove(session: string, options?: CallOptions): Promise<void>
  /** Starts a run of the session's agent on the message. */
  send(session: string, message: string | SessionMessageInput, options?: SubmitOptions): Promise<RunView>
  /** The conversation as people read it; `position` is where `follow` goes on. */
  messages(
    session: string,
    page?: { readonly after?: string; readonly limit?: number },
    options?: CallOptions,
  ): Promise<TranscriptView>
  /** The whole history from a cursor on, each entry once whatever happens to the connection, then live. */
  follow(session: string, options?: SessionFollowOptions): AsyncGenerator<SessionEvent, void>
}

/** Makes the sessions part of a client. */
export function createSessions(call: Call, dependencies: FollowDependencies): SessionsClient {
  const list: SessionsClient['list'] = (filter = {}, options) =>
    call('listSessions', { query: queryOf(filter) }, options)
  return {
    create: (body, options) => call('createSession', { body }, options),
    get: (session, options) => call('getSession', { params: { session } }, options),
    list,
    iterate: (filter = {}, options) => iteratePages((cursor) => list({ ...filter, ...cursor }, options), filter.cursor),
    change: (session, body, options) => call('changeSession', { params: { session }, body }, options),
    remove: (session, options) => call('removeSession', { params: { session } }, options),
    send(session, message, { key, wait, ...options } = {}) {
      const body = typeof message === 'string' ? { message } : message
      const headers = { 'idempotency-key': key }
      return call('sendSessionMessage', { params: { session }, body, query: { wait }, headers }, options)
    },
    messages: (session, page = {}, options) =>
      call('listSessionMessages', { params: { session }, query: { ...page } }, options),
    follow: (session, options = {}) => followSession(session, options, dependencies),
  }
}

function queryOf({ tags, active, ...filter }: SessionsFilter): Readonly<Record<string, QueryValue>> {
  const tag = Object.entries(tags ?? {}).map(([name, value]) => `${name}:${value}`)
  return { ...filter, tag, ...(active === undefined ? {} : { active: String(active) }) }
}
