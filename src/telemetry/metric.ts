import { ERRORS } from '../core/error.ts'

/** One row of the catalogue. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  /** The values a label can have, for labels whose values are a closed list; any other value is reported as `other`. */
  readonly closed?: Readonly<Record<string, readonly string[]>>
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[]
  /** What is measured, where it is no mere count. */
  readonly unit?: 'seconds' | 'bytes' | 'percent' | 'tokens' | 'US dollars'
  readonly doc: string
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
const CALL_STATUSES = ['ok', 'error', 'timeout', 'cancelled', 'unavailable']
const RUN_ENDS = ['completed', 'failed', 'cancelled', 'continued', 'diverged', 'dead']
const STEP_KINDS = ['step', 'tool', 'call', 'model', 'sleep', 'ask', 'receive', 'emit']
const COMPONENTS = ['store', 'engine', 'model', 'mcp', 'a2a', 'acp', 'agent', 'server', 'worker', 'telemetry', 'cli']

// Requests are quick; the last bound is where callers give up. Calls of tools and models may take minutes, runs days.
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const CALL_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const RUN_BUCKETS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 604_800]
const COMMIT_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5]

/** Every metric there is: the exporter, alert rules, dashboards and the reference page follow from this catalogue. */
export const METRICS = {
  agent_info: gauge(['service', 'version', 'environment'], 'Always 1; says what is running.'),

  http_requests_total: counter(['method', 'endpoint', 'status_code'], 'HTTP requests answered, by route template.', {
    closed: { method: METHODS },
  }),
  http_request_duration_seconds: seconds(['method', 'endpoint'], REQUEST_BUCKETS, 'Time to answer an HTTP request.', {
    closed: { method: METHODS },
  }),
  event_streams_active: gauge([], 'Clients that follow runs by server-sent events.'),

  active_workflows: gauge([], 'Runs that this process executes; suspended runs do not count.'),
  suspended_workflows: gauge(
    [],
    'Runs of the whole store that wait, holding no memory: every process reports the same.',
  ),
  workflow_queue_depth: gauge(
    [],
    'Runs of the whole store that are ready and wait for a worker: every process reports the same.',
  ),
  workflow_executions_total: counter(['workflow_type', 'status'], 'Runs ended, by agent and how.', {
    closed: { status: RUN_ENDS },
  }),
  workflow_duration_seconds: seconds(
    ['workflow_type'],
    RUN_BUCKETS,
    'Time from submit to end of a run, waits included.',
  ),
  workflow_queue_wait_seconds: seconds(['workflow_type'], RUN_BUCKETS, 'Time that a ready run waited for a worker.'),
  workflow_wake_latency_seconds: seconds(
    [],
    COMMIT_BUCKETS,
    'Time from what a suspended run waited for to its execution.',
  ),
  workflow_steps_total: counter(['workflow_type', 'kind', 'status'], 'Steps executed and recorded.', {
    closed: { kind: STEP_KINDS, status: CALL_STATUSES },
  }),
  workflow_step_duration_seconds: seconds(['workflow_type', 'kind'], CALL_BUCKETS, 'Time that one step took.', {
    closed: { kind: STEP_KINDS },
  }),
  workflow_step_retries_total: counter(['workflow_type'], 'Attempts of steps after their first.'),
  workflow_replays_total: counter(['workflow_type'], 'Times a run was rebuilt from its journal.'),
  workflow_replay_duration_seconds: seconds([], REQUEST_BUCKETS, 'Time to rebuild a run from its journal.'),
  workflow_divergences_total: counter(['workflow_type'], 'Replays that took another path than the journal (G9).'),
  workflow_dead_letters_total: counter(['workflow_type'], 'Runs given up and put aside.'),
  fenced_writes_total: counter([], 'Writes refused because another worker had taken over the run (G2).'),
  worker_lost_total: counter([], 'Workers noticed dead, whose runs continued elsewhere (G6).'),
  worker_leases_lost_total: counter(
    [],
    'Leases that a living worker lost, since it was paused or cut off too long (G2).',
  ),
  worker_event_loop_delay_seconds: gauge(
    [],
    'Longest delay of the event loop of agents since the last scrape.',
    'seconds',
  ),
  schedule_ticks_total: counter(['status'], 'Ticks of schedules.', {
    closed: { status: ['started', 'skipped', 'missed'] },
  }),
  webhook_deliveries_total: counter(['status'], 'Webhook deliveries attempted.', { closed: { status: CALL_STATUSES } }),

  store_up: gauge([], '1 while the store answers, 0 while it does not.'),
  store_paused: gauge([], '1 while the store is paused: no run is claimed, and no new one is taken.'),
  store_fill_ratio: gauge(
    [],
    'How full the store is, 0 to 1; new runs are refused from 0.85. 0 where only the disk bounds it.',
  ),
  store_commits_total: counter(['status'], 'Commits to the store.', {
    closed: { status: ['ok', 'busy', 'fenced', 'conflict', 'full', 'error'] },
  }),
  store_commit_seconds: seconds([], COMMIT_BUCKETS, 'Time of a commit, from request to durable.'),
  store_commit_entries: histogram(
    [],
    [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
    'Journal entries that travelled in one commit.',
  ),
  archive_runs_total: counter(['status'], 'Ended runs that were to leave the store for the archive.', {
    closed: { status: ['archived', 'changed', 'failed'] },
  }),
  store_size_bytes: gauge([], 'Size of the embedded store with its write-ahead log.', 'bytes'),

  mcp_tool_calls_total: counter(['server', 'tool', 'status'], 'Calls of MCP tools, every outcome.', {
    closed: { status: CALL_STATUSES },
  }),
  mcp_tool_duration_seconds: seconds(['server', 'tool'], CALL_BUCKETS, 'Time of a call of an MCP tool, every outcome.'),
  mcp_connection_pool_active: gauge([], 'Connections to MCP servers with a call in progress.'),
  mcp_connection_pool_idle: gauge([], 'Connections to MCP servers without one.'),

  a2a_messages_sent_total: counter(['message_type', 'recipient'], 'A2A messages sent.'),
  a2a_messages_received_total: counter(['message_type'], 'A2A messages received.'),

  model_calls_total: counter(['provider', 'model', 'status'], 'Model calls, every outcome.', {
    closed: { status: [...CALL_STATUSES, 'rate_limited', 'filtered'] },
  }),
  model_call_duration_seconds: seconds(['provider', 'model'], CALL_BUCKETS, 'Time of a model call.'),
  model_time_to_first_token_seconds: seconds(
    ['provider', 'model'],
    CALL_BUCKETS,
    'Time to the first token of a model call.',
  ),
  model_tokens_total: counter(['provider', 'model', 'direction'], 'Tokens used.', {
    closed: { direction: ['input', 'output', 'cached_input', 'reasoning'] },
    unit: 'tokens',
  }),
  model_cost_dollars_total: counter(['provider', 'model'], 'Cost of model calls.', { unit: 'US dollars' }),
  budget_refusals_total: counter(
    ['workflow_type', 'unit'],
    'Model calls that were not made, since a budget had no room.',
    {
      closed: { unit: ['tokens', 'dollars'] },
    },
  ),

  health_check_status: gauge(['check'], '1 while a health check passes, else 0.'),
  memory_usage_bytes: gauge([], 'Resident memory of the process.', 'bytes'),
  cpu_usage_percent: gauge([], 'CPU time of the process since the last scrape; 100 is one core.', 'percent'),
  errors_total: counter(['error_type', 'component'], 'Errors, by code and where they arose.', {
    closed: { error_type: Object.keys(ERRORS), component: COMPONENTS },
  }),
} as const satisfies Readonly<Record<string, Metric>>

type More = Pick<Metric, 'closed' | 'unit'>

function counter<const Labels extends readonly string[]>(labels: Labels, doc: string, more: More = {}) {
  return { type: 'counter', labels, doc, ...more } as const
}

function gauge<const Labels extends readonly string[]>(labels: Labels, doc: string, unit?: Metric['unit']) {
  return { type: 'gauge', labels, doc, ...(unit === undefined ? {} : { unit }) } as const
}

function histogram<const Labels extends readonly string[]>(
  labels: Labels,
  buckets: readonly number[],
  doc: string,
  more: More = {},
) {
  return { type: 'histogram', labels, buckets, doc, ...more } as const
}

function seconds<const Labels extends readonly string[]>(
  labels: Labels,
  buckets: readonly number[],
  doc: string,
  more: More = {},
) {
  return histogram(labels, buckets, doc, { unit: 'seconds', ...more })
}
