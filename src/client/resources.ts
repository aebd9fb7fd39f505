import type {
  AgentView,
  BudgetView,
  CostList,
  PageView,
  QuestionView,
  ReleaseView,
  RequestInput,
  RunView,
  ScheduleView,
  WorkerView,
} from '../core/route/wire.ts'
import { iteratePages } from './iterate.ts'
import type { Call, CallOptions } from './operation-call.ts'

/** Which page of a list. */
export interface PageOptions {
  readonly limit?: number
  readonly cursor?: string
}

/** Which open questions to list. */
export interface QuestionsFilter extends PageOptions {
  readonly run?: string
  readonly agent?: string
  readonly assignee?: string
}

/** What to sum up the ledger by, and over which time. */
export interface CostsQuery {
  /** `agent` (the default), `model`, `session`, `day`, or `tag:NAME`. */
  readonly by?: string
  /** ISO 8601, or milliseconds since the epoch. */
  readonly from?: string | number
  readonly to?: string | number
  readonly limit?: number
}

/** Which budgets to list. */
export interface BudgetsFilter extends PageOptions {
  readonly key?: string
}

/** A schedule to create or replace. */
export type ScheduleInput = NonNullable<RequestInput<'putSchedule'>['body']>

/** Which evals to start, and how. */
export type EvalsInput = NonNullable<RequestInput<'startEvals'>['body']>

/** Everything but runs, sessions and blobs over REST. */
export interface ResourcesClient {
  readonly agents: {
    list(options?: CallOptions): Promise<readonly AgentView[]>
    get(agent: string, options?: CallOptions): Promise<AgentView>
  }
  readonly schedules: {
    list(options?: CallOptions): Promise<readonly ScheduleView[]>
    get(schedule: string, options?: CallOptions): Promise<ScheduleView>
    put(schedule: string, input: ScheduleInput, options?: CallOptions): Promise<ScheduleView>
    remove(schedule: string, options?: CallOptions): Promise<void>
  }
  readonly questions: {
    list(filter?: QuestionsFilter, options?: CallOptions): Promise<PageView<QuestionView>>
    /** All open questions of a filter, page by page. */
    iterate(filter?: QuestionsFilter, options?: CallOptions): AsyncIterable<QuestionView>
    /** NOT_FOUND where it was never asked, ALREADY_ANSWERED where it is not open any more. */
    get(run: string, question: string, options?: CallOptions): Promise<QuestionView>
  }
  readonly costs: {
    /** The dearest group first, days the newest first, and the sum of all. */
    list(query?: CostsQuery, options?: CallOptions): Promise<CostList>
  }
  readonly budgets: {
    list(filter?: BudgetsFilter, options?: CallOptions): Promise<PageView<BudgetView>>
    /** All budgets of a filter, page by page. */
    iterate(filter?: BudgetsFilter, options?: CallOptions): AsyncIterable<BudgetView>
  }
  readonly evals: {
    /** Answers with the run of `polis.evals`; its child runs, of `polis.eval`, have the results. */
    start(input?: EvalsInput, options?: CallOptions): Promise<RunView>
  }
  readonly releases: {
    /** Those with runs that are not over, of all tenants; FORBIDDEN without the scope `releases:read`. */
    list(options?: CallOptions): Promise<readonly ReleaseView[]>
  }
  readonly workers: { list(options?: CallOptions): Promise<readonly WorkerView[]> }
}

/** Makes those parts of a client. */
export function createResources(call: Call): ResourcesClient {
  const listQuestions: ResourcesClient['questions']['list'] = (filter = {}, options) =>
    call('listQuestions', { query: { ...filter } }, options)
  const listBudgets: ResourcesClient['budgets']['list'] = (filter = {}, options) =>
    call('listBudgets', { query: { ...filter } }, options)
  return {
    agents: {
      list: async (options) => (await call('listAgents', {}, options)).items,
      get: (agent, options) => call('getAgent', { params: { agent } }, options),
    },
    schedules: {
      list: async (options) => (await call('listSchedules', {}, options)).items,
      get: (schedule, options) => call('getSchedule', { params: { schedule } }, options),
      put: (schedule, body, options) => call('putSchedule', { params: { schedule }, body }, options),
      remove: (schedule, options) => call('removeSchedule', { params: { schedule } }, options),
    },
    questions: {
      list: listQuestions,
      iterate: (filter = {}, options) =>
        iteratePages((cursor) => listQuestions({ ...filter, ...cursor }, options), filter.cursor),
      get: (run, question, options) => call('getQuestion', { params: { run, question } }, options),
    },
    costs: { list: (query = {}, options) => call('listCosts', { query: { ...query } }, options) },
    budgets: {
      list: listBudgets,
      iterate: (filter = {}, options) =>
        iteratePages((cursor) => listBudgets({ ...filter, ...cursor }, options), filter.cursor),
    },
    evals: { start: (body = {}, options) => call('startEvals', { body }, options) },
    releases: { list: async (options) => (await call('listReleases', {}, options)).items },
    workers: { list: async (options) => (await call('listWorkers', {}, options)).items },
  }
}
