import type { AgentInfo } from '../../core/agent.ts'
import type { DecodedEntry } from '../../core/entry.ts'
import type { QuestionOption } from '../../core/question.ts'
import type { SessionPolicy } from '../../core/run.ts'
import type { MissedTicks } from '../../core/schedule.ts'
import type { WorkerRecord } from '../../store/coordination.ts'
import type { Page, Paged, QuestionFilter, ReleaseCount, RunFilter } from '../../store/index-port.ts'
import type { Caller } from './caller.ts'
import type { MoneyService } from './money.ts'
import type { RunView } from './run-view.ts'
import type { SessionService } from './session-service.ts'

export type { Caller } from './caller.ts'
export type { RunView } from './run-view.ts'

/**
 * The commands and queries of the runtime; REST, gRPC and the command line are faces of this one port.
 *
 * Every method rejects with a PolisError: NOT_FOUND for a run, session or schedule that the tenant does not have.
 */
export interface Service extends SessionService, MoneyService {
  /** What is known of the agents now. */
  agents(): readonly AgentInfo[]
  /** G1: resolves once the run is durable. The same key answers the same run, `duplicate` true; another input under it IDEMPOTENCY_CONFLICT. */
  submit(caller: Caller, request: SubmitRequest): Promise<{ readonly run: RunView; readonly duplicate: boolean }>
  run(caller: Caller, run: string): Promise<RunView>
  /** Those in the store, or those in the archive. On the last page of the first `archived` says that there are more in the archive. */
  runs(caller: Caller, filter: RunQuery, page: Page): Promise<RunList>
  /** Recorded at once; cascades to children. A suspended, queued or paused run ends here, a running one after its cleanup. ALREADY_ENDED otherwise. */
  cancel(caller: Caller, run: string, reason?: string): Promise<RunView>
  /** Running steps end and are recorded; then it is paused. */
  pause(caller: Caller, run: string): Promise<RunView>
  resume(caller: Caller, run: string): Promise<RunView>
  /** Continues a failed or dead run at the step that failed; what was recorded before is kept. */
  retry(caller: Caller, run: string): Promise<RunView>
  /** A new run with the entries up to `at` (default: all before the end or the divergence), new keys, on the current release. */
  fork(caller: Caller, run: string, options?: { readonly at?: number }): Promise<RunView>
  /** INVALID_INPUT when the answer does not fit the question's schema, ALREADY_ANSWERED when another was first. */
  answer(caller: Caller, run: string, question: string, answer: unknown): Promise<void>
  /** For `context.receive(name)`. The same id is applied once. */
  send(
    caller: Caller,
    run: string,
    message: { readonly name: string; readonly data: unknown; readonly id?: string },
  ): Promise<void>
  /** CONFLICT unless the run has ended. */
  remove(caller: Caller, run: string): Promise<void>

  entries(caller: Caller, run: string, after: number, limit: number): Promise<readonly DecodedEntry[]>
  /** Entries after a sequence, exactly once and in order (G4), until the run has ended or the signal aborts. */
  follow(caller: Caller, run: string, after: number, signal: AbortSignal): AsyncIterable<DecodedEntry>
  /** Resolves when the run has ended, or with its state when the signal aborts. */
  wait(caller: Caller, run: string, signal: AbortSignal): Promise<RunView>

  /** An open question; NOT_FOUND where it was never asked, ALREADY_ANSWERED where it is not open any more. */
  question(caller: Caller, run: string, question: string): Promise<QuestionView>
  questions(caller: Caller, filter: QuestionFilter, page: Page): Promise<Paged<QuestionView>>
  schedules(caller: Caller): Promise<readonly ScheduleView[]>
  putSchedule(caller: Caller, schedule: ScheduleRequest): Promise<ScheduleView>
  removeSchedule(caller: Caller, name: string): Promise<void>
  /** Over all tenants. */
  releases(): Promise<readonly ReleaseCount[]>
  workers(): Promise<readonly WorkerRecord[]>
}

/** Which runs to list. */
export interface RunQuery extends RunFilter {
  /** Those that left the store for the archive, and no others. */
  readonly archived?: boolean
}

export interface RunList extends Paged<RunView> {
  readonly archived?: true
}

export interface SubmitRequest {
  readonly agent: string
  readonly input: unknown
  readonly key?: string
  readonly session?: string
  /** Overrides the agent's own policy for this submit. */
  readonly policy?: SessionPolicy
  readonly tags?: Readonly<Record<string, string>>
  /** −100 … 100, higher first. */
  readonly priority?: number
  /** Not before (ms since the epoch). */
  readonly notBefore?: number
  /** URL that is told when the run ends, durably: retried until it answers 2xx. */
  readonly webhook?: string
  /** Hashes of blobs that the input names: kept as long as the run. */
  readonly blobs?: readonly string[]
}

export interface QuestionView {
  readonly run: string
  readonly agent: string
  /** The asking operation's id; what `answer` wants. */
  readonly id: string
  readonly question: string
  readonly schema: unknown
  readonly about?: unknown
  /** Answers that it suggests. */
  readonly options?: readonly QuestionOption[]
  /** Who should answer. */
  readonly assignee?: string
  readonly askedAt: number
  readonly deadline?: number
  /** What is taken as the answer at the deadline; without it the asking code gets TIMEOUT. */
  readonly otherwise?: { readonly answer: unknown }
}

export interface ScheduleRequest {
  readonly name: string
  readonly agent: string
  /** Five or six fields, or `@daily` and the like. */
  readonly cron: string
  /** IANA time zone; default UTC. */
  readonly timeZone?: string
  readonly missed?: MissedTicks
  readonly input?: unknown
  readonly paused?: boolean
}

export interface ScheduleView extends Required<Omit<ScheduleRequest, 'input'>> {
  readonly input: unknown
  readonly nextAt?: number
  readonly lastAt?: number
  readonly lastRun?: string
  readonly source: 'project' | 'api'
}
