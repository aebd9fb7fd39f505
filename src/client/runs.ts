import type { EntryView, QueryValue, RequestInput, RunEvent, RunPageView, RunView } from '../core/route/wire.ts'
import type { RunStatus } from '../core/run.ts'
import { type FollowOptions, followRun } from './follow.ts'
import { iteratePages } from './iterate.ts'
import type { Call, CallOptions } from './operation-call.ts'
import type { FollowDependencies } from './stream.ts'

/** What a run is started with; `input` is whatever the agent's schema takes. */
export type SubmitInput = NonNullable<RequestInput<'submitRun'>['body']>

/** How a run is started. */
export interface SubmitOptions extends CallOptions {
  /** Idempotency key: the same one starts one run only, so that the request can be repeated. */
  readonly key?: string
  /** Answer when the run has ended, or after this time (`10s`). By default at once. */
  readonly wait?: string
}

/** Which runs to list. Times are ISO 8601 or milliseconds. */
export interface RunsFilter {
  readonly agent?: string
  readonly status?: readonly RunStatus[]
  readonly session?: string
  readonly parent?: string
  readonly release?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly createdFrom?: string | number
  readonly createdTo?: string | number
  /** Those that left the store for the archive, and no others. */
  readonly archived?: boolean
  /** Of a page. */
  readonly limit?: number
  readonly cursor?: string
}

/** Runs over REST. Every method rejects with a PolisError. */
export interface RunsClient {
  submit(input: SubmitInput, options?: SubmitOptions): Promise<RunView>
  get(run: string, options?: CallOptions & { readonly wait?: string }): Promise<RunView>
  list(filter?: RunsFilter, options?: CallOptions): Promise<RunPageView>
  /** All runs of a filter, page by page. */
  iterate(filter?: RunsFilter, options?: CallOptions): AsyncIterable<RunView>
  cancel(run: string, reason?: string, options?: CallOptions): Promise<RunView>
  pause(run: string, options?: CallOptions): Promise<RunView>
  resume(run: string, options?: CallOptions): Promise<RunView>
  retry(run: string, options?: CallOptions): Promise<RunView>
  fork(run: string, at?: number, options?: CallOptions): Promise<RunView>
  remove(run: string, options?: CallOptions): Promise<void>
  answer(run: string, question: string, answer: unknown, options?: CallOptions): Promise<void>
  /** The same `id` is delivered once. */
  send(
    run: string,
    message: { readonly name: string; readonly data?: unknown; readonly id?: string },
    options?: CallOptions,
  ): Promise<void>
  entries(
    run: string,
    page?: { readonly after?: number; readonly limit?: number },
    options?: CallOptions,
  ): Promise<readonly EntryView[]>
  /** Every entry once and in order, whatever happens to the connection; then `end`. See `followRun`. */
  follow(run: string, options?: FollowOptions): AsyncGenerator<RunEvent, void>
}

/** Makes the runs part of a client. */
export function createRuns(call: Call, dependencies: FollowDependencies): RunsClient {
  const list: RunsClient['list'] = (filter = {}, options) => call('listRuns', { query: queryOf(filter) }, options)
  const command = (operation: 'pauseRun' | 'resumeRun' | 'retryRun') => (run: string, options?: CallOptions) =>
    call(operation, { params: { run } }, options)
  return {
    submit: (body, { key, wait, ...options } = {}) =>
      call('submitRun', { body, query: { wait }, headers: { 'idempotency-key': key } }, options),
    get: (run, { wait, ...options } = {}) => call('getRun', { params: { run }, query: { wait } }, options),
    list,
    iterate: (filter = {}, options) => iteratePages((cursor) => list({ ...filter, ...cursor }, options), filter.cursor),
    cancel: (run, reason, options) =>
      call('cancelRun', { params: { run }, body: reason === undefined ? {} : { reason } }, options),
    pause: command('pauseRun'),
    resume: command('resumeRun'),
    retry: command('retryRun'),
    fork: (run, at, options) => call('forkRun', { params: { run }, body: at === undefined ? {} : { at } }, options),
    remove: (run, options) => call('removeRun', { params: { run } }, options),
    answer: (run, question, answer, options) =>
      call('answerQuestion', { params: { run, question }, body: { answer } }, options),
    send: (run, message, options) => call('sendMessage', { params: { run }, body: message }, options),
    async entries(run, page = {}, options) {
      const { items } = await call('listEntries', { params: { run }, query: { ...page } }, options)
      // The kind of an entry says what its data is; the wire's schema leaves that to the type.
      return items as readonly EntryView[]
    },
    follow: (run, options = {}) => followRun(run, options, dependencies),
  }
}

function queryOf({ tags, archived, ...filter }: RunsFilter): Readonly<Record<string, QueryValue>> {
  return {
    ...filter,
    archived: archived?.toString(),
    tag: Object.entries(tags ?? {}).map(([name, value]) => `${name}:${value}`),
  }
}
