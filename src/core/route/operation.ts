import type { ErrorCode } from '../error-code.ts'

/** What credentials must allow: `admin` includes the others. `releases:read` is for deploying, and looks at no run. */
export const SCOPES = ['runs:read', 'runs:write', 'releases:read', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** What everyone knows of one operation of the REST API; `CONTRACT` holds its schemas under the same id. */
export interface Operation {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `PATHS.api`, with parameters in braces. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** Whether credentials are asked for. There is no default: a route that does not say is refused at start. */
  readonly auth: 'required' | 'public'
  readonly scope?: Scope
  /** Codes of this operation beside `COMMON_ERRORS`. */
  readonly errors: readonly ErrorCode[]
}

/** Codes that any operation may answer with. */
export const COMMON_ERRORS: readonly ErrorCode[] = [
  'INVALID_ARGUMENT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'INTERNAL',
  'OVERLOADED',
  'STORE_BUSY',
  'STORE_UNAVAILABLE',
  'SHUTTING_DOWN',
]

const SUBMIT_ERRORS = [
  'UNKNOWN_AGENT',
  'INVALID_INPUT',
  'IDEMPOTENCY_CONFLICT',
  'SESSION_BUSY',
  'TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'STORE_FULL',
] as const

/**
 * The operations of the REST API: the one table that handlers, the OpenAPI document, the client and the reference page follow.
 *
 * Plain data, so that a browser gets paths and methods without the schemas.
 */
export const OPERATIONS = {
  submitRun: {
    ...write('POST', '/runs', 'runs', 'Start a run'),
    description:
      'Answers 202 once the run is durable. With `Prefer: wait=N` (seconds) or `?wait=10s` it answers 200 as soon as the run has ended, else 202. With `Accept: text/event-stream` it answers with the stream of the run, as `followRun` does. The same `Idempotency-Key` starts one run only.',
    errors: SUBMIT_ERRORS,
  },
  submitAgentRun: {
    ...write('POST', '/agents/{agent}/runs', 'runs', 'Start a run of an agent; the body is its input'),
    description: 'As `submitRun`, with the input alone in the body.',
    errors: SUBMIT_ERRORS,
  },
  listRuns: { ...read('/runs', 'runs', 'List runs, newest first'), errors: [] },
  getRun: {
    ...read('/runs/{run}', 'runs', 'Get a run'),
    description: 'With `?wait=10s` it answers when the run has ended, or after that time.',
    errors: ['NOT_FOUND'],
  },
  removeRun: {
    ...write('DELETE', '/runs/{run}', 'runs', 'Remove an ended run and its journal'),
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
  cancelRun: {
    ...write('POST', '/runs/{run}/cancel', 'runs', 'Cancel a run and its children'),
    description: 'Recorded at once. A running run ends after its cleanup, any other run here.',
    errors: ['NOT_FOUND', 'ALREADY_ENDED', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  },
  pauseRun: {
    ...command('pause', 'Pause a run after its running steps'),
    errors: ['NOT_FOUND', 'ALREADY_ENDED', 'CONFLICT'],
  },
  resumeRun: { ...command('resume', 'Resume a paused run'), errors: ['NOT_FOUND', 'ALREADY_ENDED', 'CONFLICT'] },
  retryRun: {
    ...command('retry', 'Continue a failed or dead run at the step that failed'),
    errors: ['NOT_FOUND', 'CONFLICT', 'UNKNOWN_AGENT'],
  },
  forkRun: {
    ...command('fork', 'Start a new run from the recorded beginning of another'),
    description: 'The new run reuses what is recorded up to `at`, and goes on from there with the current release.',
    errors: ['NOT_FOUND', 'CONFLICT', 'UNKNOWN_AGENT', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  },
  answerQuestion: {
    ...write('POST', '/runs/{run}/questions/{question}/answer', 'questions', 'Answer a question of a run'),
    description: 'Ids of questions contain slashes: encode them as `%2F`. The first answer wins.',
    errors: ['NOT_FOUND', 'INVALID_INPUT', 'ALREADY_ANSWERED', 'ALREADY_ENDED', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  },
  sendMessage: {
    ...write('POST', '/runs/{run}/messages', 'runs', 'Send a message to a run'),
    description: 'For `context.receive(name)`. The same `id` is delivered once.',
    errors: ['NOT_FOUND', 'ALREADY_ENDED', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  },
  listEntries: { ...read('/runs/{run}/entries', 'runs', 'Read the journal of a run'), errors: ['NOT_FOUND'] },
  followRun: {
    ...read('/runs/{run}/events', 'runs', 'Follow a run as server-sent events'),
    description:
      'Each journal entry is one event whose name is its kind and whose id is its sequence number. A client that reconnects with `Last-Event-ID: N` gets N+1 onwards, each entry exactly once. Transient events (`progress`, `delta`, `step-reset`) have no id and are not repeated. The stream ends with `event: end`, whose data is the run.',
    errors: ['NOT_FOUND'],
  },
  listQuestions: { ...read('/questions', 'questions', 'List open questions, newest first'), errors: [] },
  getQuestion: {
    ...read('/runs/{run}/questions/{question}', 'questions', 'Get an open question'),
    description: 'ALREADY_ANSWERED once it is not open any more; its details say who answered, and when.',
    errors: ['NOT_FOUND', 'ALREADY_ANSWERED'],
  },
  listSessions: { ...read('/sessions', 'sessions', 'List sessions, newest first'), errors: [] },
  createSession: {
    ...write('POST', '/sessions', 'sessions', 'Begin a session'),
    description: 'A run that is started with a session that is not there begins it as well.',
    errors: ['UNKNOWN_AGENT', 'CONFLICT', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  },
  getSession: { ...read('/sessions/{session}', 'sessions', 'Get a session and its state'), errors: ['NOT_FOUND'] },
  changeSession: {
    ...write('PATCH', '/sessions/{session}', 'sessions', 'Change title, tags or time to live of a session'),
    errors: ['NOT_FOUND', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  },
  removeSession: {
    ...write('DELETE', '/sessions/{session}', 'sessions', 'Remove a session and its runs, none of which is unfinished'),
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
  sendSessionMessage: {
    ...write('POST', '/sessions/{session}/messages', 'sessions', 'Say something in a session'),
    description:
      "Starts a run of the session's agent, whose input is `{ message, attachments? }`, or the message alone where the agent takes a text. Answers as `submitRun` does, and `Prefer`, `?wait`, `Accept: text/event-stream` and `Idempotency-Key` mean the same. Attachments are blobs: store them with `putBlob` first.",
    errors: ['NOT_FOUND', ...SUBMIT_ERRORS],
  },
  listSessionMessages: {
    ...read('/sessions/{session}/messages', 'sessions', 'Read a session as a transcript'),
    description: 'What users and the agent said, tools in short, questions and their answers.',
    errors: ['NOT_FOUND'],
  },
  followSession: {
    ...read('/sessions/{session}/events', 'sessions', 'Follow a session as server-sent events'),
    description:
      'The entries of all runs of the session, in the order of their turns, then live: each is one event whose name is its kind, whose id is an opaque cursor, and whose data has `run` and `cursor` beside what `followRun` sends. A client that reconnects with `Last-Event-ID`, here or from another device, gets what comes after, each entry exactly once. Transient events of the run that goes on have a `run` and no id. The stream goes on while the session is there; `event: end` says that it was removed.',
    errors: ['NOT_FOUND'],
  },
  listCosts: {
    ...read('/costs', 'money', 'Sum up what model calls cost, the dearest first'),
    description:
      'From the ledger, which outlives the runs. Calls whose price is not known are counted in `unpriced`, never as 0; those whose outcome is not known are booked at the most that they can have cost, and told in `assumed`.',
    errors: [],
  },
  listBudgets: { ...read('/budgets', 'money', 'List budgets and where they stand, newest first'), errors: [] },
  listAgents: { ...read('/agents', 'agents', 'List agents'), errors: [] },
  getAgent: { ...read('/agents/{agent}', 'agents', 'Get an agent and its schemas'), errors: ['UNKNOWN_AGENT'] },
  listSchedules: { ...read('/schedules', 'schedules', 'List schedules'), errors: [] },
  getSchedule: { ...read('/schedules/{schedule}', 'schedules', 'Get a schedule'), errors: ['NOT_FOUND'] },
  putSchedule: {
    ...write('PUT', '/schedules/{schedule}', 'schedules', 'Create or replace a schedule'),
    errors: ['UNKNOWN_AGENT', 'INVALID_INPUT', 'CONFLICT', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  },
  removeSchedule: {
    ...write('DELETE', '/schedules/{schedule}', 'schedules', 'Remove a schedule'),
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
  putBlob: {
    ...write('POST', '/blobs', 'blobs', 'Store bytes'),
    description:
      'The body is the bytes, of any media type; they are stored under their SHA-256. A blob that no run refers to is removed after a day.',
    errors: ['TOO_LARGE', 'STORE_FULL'],
  },
  getBlob: { ...read('/blobs/{hash}', 'blobs', 'Get the bytes of a blob'), errors: ['NOT_FOUND'] },
  headBlob: {
    ...read('/blobs/{hash}', 'blobs', 'Get the size and media type of a blob'),
    method: 'HEAD',
    errors: ['NOT_FOUND'],
  },
  startEvals: {
    ...write('POST', '/evals', 'evals', 'Start the evals of the project, or some of them'),
    description:
      'Answers with the run of `polis.evals` once it is durable. Each eval is a child run of `polis.eval`, whose output is its result; list them with `?agent=polis.eval&tag=eval:NAME`.',
    errors: ['TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'STORE_FULL'],
  },
  listReleases: {
    ...read('/releases', 'releases', 'Count the runs of each release that are not over'),
    description:
      'Of the runs of all tenants, whatever the tenant of the credentials is, and nothing of them but their number: what is not here has none. It is what says that the workers of an old release may go.',
    scope: 'releases:read',
    errors: [],
  },
  listWorkers: { ...read('/workers', 'workers', 'List workers'), scope: 'admin', errors: [] },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    tag: 'meta',
    summary: 'Get this API as an OpenAPI document',
    auth: 'public',
    errors: [],
  },
} as const satisfies Readonly<Record<string, Operation>>

/** Name of an operation, as OpenAPI's `operationId`. */
export type OperationId = keyof typeof OPERATIONS

function read<Path extends string, Tag extends string>(path: Path, tag: Tag, summary: string) {
  return { method: 'GET', path, tag, summary, auth: 'required', scope: 'runs:read' } as const
}

function write<Method extends 'POST' | 'PUT' | 'PATCH' | 'DELETE', Path extends string, Tag extends string>(
  method: Method,
  path: Path,
  tag: Tag,
  summary: string,
) {
  return { method, path, tag, summary, auth: 'required', scope: 'runs:write' } as const
}

function command<Name extends string>(name: Name, summary: string) {
  return write('POST', `/runs/{run}/${name}`, 'runs', summary)
}
