import type {
  AgentView,
  EntryView,
  PageView,
  QuestionView,
  RunEvent,
  RunView,
  ScheduleView,
  SessionView,
} from '../core/route/wire.ts'

/** What commands need of the runtime; the typed client of the REST API, reduced to it. Rejects with a PolisError. */
export interface CliClient {
  readonly runs: {
    submit(request: SubmitInput): Promise<RunView>
    get(run: string): Promise<RunView>
    list(filter: RunListFilter): Promise<PageView<RunView>>
    cancel(run: string, reason?: string): Promise<RunView>
    pause(run: string): Promise<RunView>
    resume(run: string): Promise<RunView>
    retry(run: string): Promise<RunView>
    fork(run: string, at?: number): Promise<RunView>
    send(run: string, message: { readonly name: string; readonly data: unknown; readonly id?: string }): Promise<void>
    remove(run: string): Promise<void>
    entries(run: string, after: number, limit: number): Promise<readonly EntryView[]>
    /** Entries after a sequence and transient events, then `end`; reconnects by itself. Ends early when the signal aborts. */
    follow(run: string, signal: AbortSignal): AsyncIterable<RunEvent>
  }
  readonly agents: { list(): Promise<readonly AgentView[]> }
  readonly questions: {
    list(run: string): Promise<readonly QuestionView[]>
    answer(run: string, question: string, answer: unknown): Promise<void>
  }
  readonly sessions: { list(page: ListPage): Promise<PageView<SessionView>> }
  readonly schedules: { list(): Promise<readonly ScheduleView[]>; remove(name: string): Promise<void> }
}

/** What `polis run` submits. */
export interface SubmitInput {
  readonly agent: string
  readonly input: unknown
  readonly session?: string
  readonly tags?: Readonly<Record<string, string>>
  /** Idempotency key (G1). */
  readonly key?: string
}

/** A page of a list: at most `limit` items, after those of the cursor. */
export interface ListPage {
  readonly limit: number
  readonly cursor?: string
}

/** Which runs to list; all of what is given must hold. */
export interface RunListFilter extends ListPage {
  readonly agent?: string
  readonly status?: readonly string[]
  readonly session?: string
  /** `name=value` each. */
  readonly tags?: readonly string[]
}

/** A way to the runtime, open until it is closed. */
export interface Connection {
  readonly client: CliClient
  /** Whether runs that this process submits are executed in this process. */
  readonly executes: boolean
  /** Hands over what still runs, and lets go of the store. */
  close(): Promise<void>
}

/** How commands reach the runtime. */
export interface ConnectOptions {
  /** Of a server. Without one, the project's store is opened in this process. */
  readonly url: string | undefined
  readonly apiKey: string | undefined
  /** Directory of the project, absolute. */
  readonly dir: string
  /** Whether a connection without a server may execute runs; queries must not. */
  readonly execute: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Opens a connection. Throws PolisError: INVALID_CONFIG, STORE_*, INVALID_ARGUMENT for a bad URL. */
export type Connect = (options: ConnectOptions) => Promise<Connection>
