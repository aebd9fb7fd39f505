import type { ClusterApi } from '../../cluster/api.ts'
import { createFakeCluster } from '../../cluster/fake/api.ts'
import { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import type {
  AgentView,
  CostList,
  MessageView,
  QuestionView,
  RunView,
  ScheduleView,
  SessionEvent,
  SessionView,
} from '../../core/route/wire.ts'
import type { Plan } from '../../manifest/plan.ts'
import { NO_ARCHIVE } from '../../store/archive/none.ts'
import { withArchive } from '../../store/archive/with-archive.ts'
import type { Archive } from '../../store/archive.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import type { Store } from '../../store/store.ts'
import type { CliClient, Connection, ConnectOptions } from '../connection.ts'
import type { Check } from '../doctor/check.ts'
import type { BuildOptions, BuiltImage } from '../image/build-image.ts'
import { planProject } from '../manifest/plan-project.ts'
import type { Ports, ServeOptions } from '../ports.ts'
import type { RunEntry, RunTransient } from '../tree.ts'

/** One call of the fake runtime. */
export interface Call {
  readonly name: string
  readonly args: readonly unknown[]
}

/** What the fake runtime has. */
export interface FakeState {
  readonly agents?: readonly AgentView[]
  readonly runs?: readonly RunView[]
  readonly sessions?: readonly SessionView[]
  readonly schedules?: readonly ScheduleView[]
  readonly questions?: readonly QuestionView[]
  readonly messages?: readonly MessageView[]
  /** What a followed session says. */
  readonly sessionEvents?: readonly SessionEvent[]
  readonly costs?: CostList
  readonly checks?: readonly Check[]
  /** What `build` answers; without it, it fails. */
  readonly image?: BuiltImage
  readonly store?: Store
  /** Behind it; by default there is none. */
  readonly archive?: Archive
  /** What a followed run says, by run; its `end` follows by itself. */
  readonly streams?: Readonly<Record<string, readonly (RunEntry | RunTransient)[]>>
  /** Whether submitted runs are executed in this process. */
  readonly executes?: boolean
  /** Waits before each event of a stream. */
  readonly before?: (event: RunEntry | RunTransient) => Promise<void>
  readonly fail?: PolisError
  readonly cluster?: ClusterApi
  /** In the place of the project's. */
  readonly plan?: Plan
}

/** Ports over a runtime that is a few lists; `calls` is everything that commands asked of it. */
export function createFakePorts(state: FakeState = {}): Ports & { readonly calls: readonly Call[] } {
  const calls: Call[] = []
  const call = (name: string, ...args: readonly unknown[]) => void calls.push({ name, args })
  return {
    calls,
    async connect(options: ConnectOptions): Promise<Connection> {
      const { env: _, output: __, ...given } = options
      call('connect', given)
      return {
        client: fakeClient(state, call),
        executes: state.executes ?? false,
        close: async () => call('close'),
      }
    },
    async serve(options: ServeOptions) {
      const { env: _, ...given } = options
      call('serve', given)
      if (state.fail) throw state.fail
      return {
        url: 'http://127.0.0.1:8080',
        metricsUrl: 'http://127.0.0.1:9090',
        agents: [...(state.agents ?? [])] as never,
        close: async () => call('served.close'),
      }
    },
    openStore: async () =>
      withArchive(state.store ?? openMemoryStore({ clock: manualClock() }), state.archive ?? NO_ARCHIVE),
    plan: state.plan === undefined ? planProject : async () => state.plan as Plan,
    cluster: async () => state.cluster ?? createFakeCluster(),
    async build({ plan, ...options }: BuildOptions) {
      call('build', { release: plan.release, push: options.push, tag: options.tag })
      if (state.image === undefined) throw new PolisError('BUILD_FAILED', 'nothing builds here')
      return state.image
    },
    async *diagnose() {
      yield* state.checks ?? []
    },
  }
}

const NO_COST = {
  ...{ calls: 0, tokens: 0, dollars: 0, unpriced: 0, assumed: { calls: 0, tokens: 0, dollars: 0 } },
  usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
}

type Log = (name: string, ...args: readonly unknown[]) => void

function fakeClient(state: FakeState, call: Log): CliClient {
  return {
    runs: fakeRuns(state, call),
    agents: { list: async () => state.agents ?? [] },
    questions: {
      async list({ run, agent, assignee } = {}) {
        const fits = (question: QuestionView) =>
          (run === undefined || question.run === run) &&
          (agent === undefined || question.agent === agent) &&
          (assignee === undefined || question.assignee === assignee)
        return { items: (state.questions ?? []).filter(fits) }
      },
      async get(run, id) {
        const found = state.questions?.find((question) => question.run === run && question.id === id)
        if (found === undefined) throw new PolisError('NOT_FOUND', `Run ${run} has asked no question ${id}`)
        return found
      },
    },
    sessions: fakeSessions(state, call),
    blobs: {
      async put(_, { name, mediaType } = {}) {
        call('blobs.put', name, mediaType)
        return { hash: 'f'.repeat(64), size: 1 }
      },
    },
    costs: {
      async list(query) {
        call('costs.list', query)
        return state.costs ?? { items: [], total: NO_COST }
      },
    },
    workers: { list: async () => [] },
    evals: {
      async start(request) {
        call('evals.start', request)
        const [run] = state.runs ?? []
        if (run === undefined) throw new PolisError('INTERNAL', 'the fake has no run')
        return run
      },
    },
    schedules: {
      list: async () => state.schedules ?? [],
      async remove(name) {
        call('schedules.remove', name)
      },
    },
  }
}

function fakeSessions(state: FakeState, call: Log): CliClient['sessions'] {
  const find = (id: string): SessionView => {
    const found = state.sessions?.find(({ session }) => session === id)
    if (found === undefined) throw new PolisError('NOT_FOUND', `There is no session ${id}`)
    return found
  }
  return {
    async create({ session = 'session_new', agent }) {
      call('sessions.create', session, agent)
      return { session, agent, tags: {}, state: null, version: 0, waiting: 0, createdAt: 0, updatedAt: 0 }
    },
    get: async (session) => find(session),
    async list(filter) {
      call('sessions.list', filter)
      return { items: [...(state.sessions ?? [])] }
    },
    async change(session, change) {
      call('sessions.change', session, change)
      return { ...find(session), ...(change.tags === undefined ? {} : { tags: change.tags }) }
    },
    async remove(session) {
      call('sessions.remove', session)
      find(session)
    },
    async send(session, message) {
      call('sessions.send', session, message)
      const [run] = state.runs ?? []
      return run ?? Promise.reject(new PolisError('INTERNAL', 'the fake has no run'))
    },
    messages: async () => ({ items: state.messages ?? [], position: 'there' }),
    async *follow(session) {
      call('sessions.follow', session)
      yield* state.sessionEvents ?? []
    },
  }
}

function fakeRuns(state: FakeState, call: Log): CliClient['runs'] {
  const runs = state.runs ?? []
  const find = (id: string): RunView => {
    const run = runs.find((each) => each.run === id)
    if (run === undefined) throw new PolisError('NOT_FOUND', `There is no run ${id}`)
    return run
  }
  const act = (name: string) => async (id: string, argument?: unknown) => {
    call(name, id, ...(argument === undefined ? [] : [argument]))
    return find(id)
  }
  return {
    async submit(request, options) {
      call('submit', request, options)
      if (state.fail) throw state.fail
      if (!state.agents?.some(({ name }) => name === request.agent)) throw new PolisError('UNKNOWN_AGENT', 'unknown')
      const [run] = runs
      if (run === undefined) throw new PolisError('INTERNAL', 'the fake has no run')
      return { ...run, status: 'queued' }
    },
    get: act('get'),
    async list(filter) {
      call('list', filter)
      return { items: [...runs], ...(runs.length > 2 ? { cursor: 'next' } : {}) }
    },
    cancel: act('cancel'),
    pause: act('pause'),
    resume: act('resume'),
    retry: act('retry'),
    fork: act('fork'),
    async send(run, message) {
      call('send', run, message)
    },
    async remove(run) {
      call('remove', run)
    },
    async answer(run, question, answer) {
      call('answer', run, question, answer)
    },
    async entries(run, { after = 0, limit = 100 } = {}) {
      const entries = (state.streams?.[run] ?? []).filter((event): event is RunEntry => 'sequence' in event)
      return entries.filter((entry) => entry.sequence > after).slice(0, limit)
    },
    async *follow(run, { signal } = {}) {
      call('follow', run)
      for (const event of state.streams?.[run] ?? []) {
        await state.before?.(event)
        signal?.throwIfAborted()
        const { run: _, ...rest } = event
        yield rest as never
      }
      yield { kind: 'end', run: find(run) }
    },
  }
}
