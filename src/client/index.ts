import { type Clock, systemClock } from '../core/clock.ts'
import { type BlobsClient, createBlobs } from './blobs.ts'
import { createCall } from './operation-call.ts'
import { createResources, type ResourcesClient } from './resources.ts'
import { createRuns, type RunsClient } from './runs.ts'
import { createSessions, type SessionsClient } from './sessions.ts'
import { createTransport, type Fetch } from './transport.ts'

export { PolisError } from '../core/error.ts'
export type {
  AgentView,
  BlobView,
  BudgetView,
  CostList,
  CostView,
  EntryView,
  MessageView,
  PageView,
  QuestionView,
  ReleaseView,
  RunEvent,
  RunPageView,
  RunView,
  ScheduleView,
  SessionEvent,
  SessionView,
  TranscriptView,
  TransientView,
  WorkerView,
} from '../core/route/wire.ts'
export type { BlobsClient } from './blobs.ts'
export type { FollowOptions, SessionFollowOptions } from './follow.ts'
export type {
  BudgetsFilter,
  CostsQuery,
  EvalsInput,
  PageOptions,
  QuestionsFilter,
  ResourcesClient,
  ScheduleInput,
} from './resources.ts'
export type { RunsClient, RunsFilter, SubmitInput, SubmitOptions } from './runs.ts'
export type {
  SessionChangeInput,
  SessionInput,
  SessionMessageInput,
  SessionsClient,
  SessionsFilter,
} from './sessions.ts'
export type { Fetch } from './transport.ts'

/** A client of the REST API. Every method rejects with a PolisError that has the server's code. */
export interface Client extends ResourcesClient {
  readonly runs: RunsClient
  readonly sessions: SessionsClient
  readonly blobs: BlobsClient
}

/** How a client reaches its server. */
export interface ClientOptions {
  /** Where the server is: `http://localhost:8080`. */
  readonly url: string
  /** A JSON Web Token. */
  readonly token?: string
  /** An API key, `polis_…`. */
  readonly apiKey?: string
  /** The tenant to act for, where the server asks for no credentials; else it must be that of the credentials. */
  readonly tenant?: string
  /** By default the platform's. */
  readonly fetch?: Fetch
  readonly clock?: Clock
  /** From 0 to 1, for the jitter of delays. */
  readonly random?: () => number
}

/**
 * Makes a client, for Node and browsers alike.
 *
 * What can be repeated without harm (reads, and submits with a key) is sent again while the server is busy or cannot be reached. Throws
 * INVALID_ARGUMENT for an address that is none.
 */
export function createClient({ clock = systemClock(), random = Math.random, ...options }: ClientOptions): Client {
  const transport = createTransport({ ...options, clock, random })
  const call = createCall(transport)
  return {
    runs: createRuns(call, { transport, clock, random }),
    sessions: createSessions(call, { transport, clock, random }),
    ...createResources(call),
    blobs: createBlobs(transport),
  }
}
