import type { DecodedEntry, EntryBodies, EntryKind } from '../../src/core/entry.ts'
import { PolisError } from '../../src/core/error.ts'
import { hash } from '../../src/core/json.ts'
import { hasEnded } from '../../src/core/run.ts'
import { decodePlace, encodePlace } from '../../src/core/session-place.ts'
import type {
  Caller,
  QuestionView,
  RunView,
  ScheduleView,
  Service,
  SubmitRequest,
} from '../../src/engine/service/service.ts'
import type { SessionView } from '../../src/engine/service/session-service.ts'

/** A service in memory whose runs do what a test tells them. */
export interface FakeService extends Service {
  /** Appends an entry to a run, whoever follows it. */
  append<K extends EntryKind>(run: string, kind: K, data: EntryBodies[K]): void
  /** Appends `run-completed` and ends the run. */
  complete(run: string, output: unknown): void
  /** How many follow a run now. */
  followers(): number
  /** What was asked of the service, newest last. */
  readonly calls: string[]
  /** When set, every command fails with it. */
  failure: unknown
}

interface Held {
  view: RunView
  readonly entries: DecodedEntry[]
  readonly key: string | undefined
  readonly inputHash: string
}

/** A service with the agents `echo`, which completes at once, and `slow`, which waits for the test. */
export function createFakeService(): FakeService {
  const runs = new Map<string, Held>()
  const sessions = new Map<string, SessionView>()
  const schedules = new Map<string, ScheduleView>()
  const questions = new Map<string, QuestionView>()
  const wakers = new Set<() => void>()
  const calls: string[] = []
  let followers = 0
  let serial = 0

  const own = (caller: Caller, run: string): Held => {
    const held = runs.get(run)
    if (held === undefined || held.view.tenant !== caller.tenant)
      throw new PolisError('NOT_FOUND', `There is no run ${run}`)
    return held
  }
  const append = (run: string, kind: EntryKind, data: unknown) => {
    const held = runs.get(run) as Held
    const sequence = held.entries.length + 1
    const { tenant, release, epoch } = held.view
    held.entries.push({
      version: 1,
      tenant,
      run,
      sequence,
      epoch,
      kind,
      time: 1000 + sequence,
      release,
      data,
    } as DecodedEntry)
    held.view = { ...held.view, sequence, updatedAt: 1000 + sequence }
    for (const wake of wakers) wake()
  }
  const end = (run: string, kind: EntryKind, data: unknown, change: Partial<RunView>) => {
    append(run, kind, data)
    const held = runs.get(run) as Held
    held.view = { ...held.view, ...change, endedAt: 2000 }
    for (const wake of wakers) wake()
  }
  const complete = (run: string, output: unknown) =>
    end(run, 'run-completed', { output }, { status: 'completed', output })
  const changed = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        wakers.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      wakers.add(wake)
      signal.addEventListener('abort', wake)
    })
  const submit = (caller: Caller, request: SubmitRequest) => {
    if (!['echo', 'slow'].includes(request.agent))
      throw new PolisError('UNKNOWN_AGENT', `There is no agent ${request.agent}; there are echo, slow`)
    if (request.input === 'bad') {
      const issues = [{ path: 'name', message: 'expected a text' }]
      throw new PolisError('INVALID_INPUT', 'The input is not valid: name: expected a text', { details: { issues } })
    }
    const inputHash = hash(request.input)
    const same = [...runs.values()].find(
      ({ key, view }) =>
        key !== undefined && key === request.key && view.tenant === caller.tenant && view.agent === request.agent,
    )
    if (same !== undefined && same.inputHash !== inputHash)
      throw new PolisError('IDEMPOTENCY_CONFLICT', 'The key was used with another input')
    if (same !== undefined) return { run: same.view, duplicate: true }
    const run = `run_${String(++serial).padStart(26, '0')}`
    const { session, tags = {}, priority = 0 } = request
    const view: RunView = {
      ...{
        tenant: caller.tenant,
        run,
        agent: request.agent,
        release: 'r1',
        status: 'queued',
        priority,
        tags,
        epoch: 0,
      },
      ...{ sequence: 0, bytes: 0, crashes: 0, createdAt: 1000 + serial, updatedAt: 1000 },
      ...(session === undefined ? {} : { session }),
    }
    runs.set(run, { view, entries: [], key: request.key, inputHash })
    append(run, 'run-submitted', { agent: request.agent, input: request.input, tags, priority, by: caller.by ?? '' })
    if (session !== undefined)
      sessions.set(session, {
        session,
        agent: request.agent,
        tags: {},
        state: { n: 1 },
        version: 1,
        waiting: 0,
        createdAt: 1,
        updatedAt: 1,
      })
    if (request.agent === 'echo') complete(run, request.input)
    return { run: (runs.get(run) as Held).view, duplicate: false }
  }

  const fake: FakeService = {
    calls,
    failure: undefined,
    append,
    complete,
    followers: () => followers,
    costs: async (_, { by }) => {
      calls.push(`costs ${by}`)
      return { items: [{ ...COST, group: by }], total: COST }
    },
    budgets: async () => ({ items: [BUDGET] }),
    agents: () => [
      {
        name: 'echo',
        description: 'Says it again',
        release: 'r1',
        input: {},
        output: {},
        limits: {},
        session: 'enqueue',
      },
      {
        name: 'slow',
        description: 'Waits',
        release: 'r1',
        input: {},
        output: {},
        limits: { concurrency: 2 },
        session: 'reject',
      },
    ],
    async submit(caller, request) {
      calls.push(`submit ${JSON.stringify({ ...request, by: caller.by })}`)
      if (fake.failure !== undefined) throw fake.failure
      return submit(caller, request)
    },
    run: async (caller, run) => own(caller, run).view,
    async runs(caller, filter, page) {
      calls.push(`runs ${JSON.stringify({ ...filter, ...page })}`)
      const all = [...runs.values()].map(({ view }) => view).filter((view) => view.tenant === caller.tenant)
      const matching = all
        .filter(
          ({ agent, status }) =>
            (filter.agent ?? agent) === agent && (filter.status ?? [status]).includes(status as 'queued'),
        )
        .reverse()
      const from = Number(page.cursor ?? 0)
      const items = matching.slice(from, from + page.limit)
      return from + page.limit < matching.length ? { items, cursor: String(from + page.limit) } : { items }
    },
    async cancel(caller, run, reason = 'asked') {
      const { view } = own(caller, run)
      if (view.status !== 'waiting-for-release' && hasEnded(view.status))
        throw new PolisError('ALREADY_ENDED', `Run ${run} has ended: ${view.status}`)
      end(run, 'run-cancelled', { reason, by: caller.by ?? '' }, { status: 'cancelled', reason })
      return own(caller, run).view
    },
    async pause(caller, run) {
      const held = own(caller, run)
      held.view = { ...held.view, status: 'paused' }
      return held.view
    },
    async resume(caller, run) {
      const held = own(caller, run)
      if (held.view.status !== 'paused') throw new PolisError('CONFLICT', `Run ${run} is not paused`)
      held.view = { ...held.view, status: 'queued' }
      return held.view
    },
    async retry(caller, run) {
      own(caller, run)
      throw new PolisError('CONFLICT', `Run ${run} has not failed`)
    },
    async fork(caller, run, options) {
      calls.push(`fork ${JSON.stringify(options)}`)
      return submit(caller, { agent: own(caller, run).view.agent, input: 'forked' }).run
    },
    async answer(caller, run, question, answer) {
      own(caller, run)
      calls.push(`answer ${question} ${JSON.stringify(answer)}`)
      if (answer === 'late') throw new PolisError('ALREADY_ANSWERED', 'Another was first')
    },
    async send(caller, run, message) {
      own(caller, run)
      calls.push(`send ${JSON.stringify(message)}`)
    },
    async remove(caller, run) {
      const { view } = own(caller, run)
      if (view.endedAt === undefined) throw new PolisError('CONFLICT', `Run ${run} has not ended: cancel it first`)
      runs.delete(run)
    },
    entries: async (caller, run, after, limit) => own(caller, run).entries.slice(after, after + limit),
    async *follow(caller, run, after, signal) {
      followers++
      try {
        for (let next = after; !signal.aborted; ) {
          const held = own(caller, run)
          const entry = held.entries[next]
          if (entry !== undefined) {
            next++
            yield entry
          } else if (held.view.endedAt !== undefined) return
          else await changed(signal)
        }
      } finally {
        followers--
      }
    },
    async wait(caller, run, signal) {
      calls.push(`wait ${run}`)
      while (own(caller, run).view.endedAt === undefined && !signal.aborted) await changed(signal)
      return own(caller, run).view
    },
    async question(_, run, id) {
      const found = [...questions.values()].find((question) => question.run === run && question.id === id)
      if (found === undefined) throw new PolisError('NOT_FOUND', `Run ${run} has asked no question ${id}`)
      return found
    },
    questions: async () => ({ items: [...questions.values()] }),
    async session(_, session) {
      const found = sessions.get(session)
      if (found === undefined) throw new PolisError('NOT_FOUND', `There is no session ${session}`)
      return found
    },
    sessions: async () => ({ items: [...sessions.values()] }),
    async createSession(_, { session = 'session_new', agent, title, tags = {}, ttl }) {
      if (sessions.has(session)) throw new PolisError('CONFLICT', `There is a session ${session} already`)
      const optional = { ...(title === undefined ? {} : { title }), ...(ttl === undefined ? {} : { ttl }) }
      const times = { createdAt: 1, updatedAt: 1 }
      sessions.set(session, { session, agent, tags, ...optional, state: null, version: 0, waiting: 0, ...times })
      return fake.session(_, session)
    },
    async changeSession(_, session, { title, tags }) {
      const { title: before, ...rest } = await fake.session(_, session)
      const now = title === undefined ? before : title
      sessions.set(session, { ...rest, tags: tags ?? rest.tags, ...(now ? { title: now } : {}) })
      return fake.session(_, session)
    },
    async say(caller, session, { message, attachments, ...options }) {
      const { agent } = await fake.session(caller, session)
      calls.push(`say ${JSON.stringify({ session, message, attachments, ...options })}`)
      return submit(caller, { agent, input: { message }, session, ...options })
    },
    async *history(_, session, after, signal) {
      const own = [...runs.values()].filter(({ view }) => view.session === session)
      const entries = own.flatMap((held) => held.entries)
      const done = after === undefined ? 0 : decodePlace(after).sequence
      for (const [at, entry] of entries.entries()) {
        if (at >= done) yield { cursor: encodePlace({ createdAt: 1, turn: 1, sequence: at + 1 }), entry }
      }
      while (!signal.aborted && sessions.has(session)) await changed(signal)
    },
    async transcript(caller, session) {
      await fake.session(caller, session)
      const items = [{ role: 'user', run: 'run_x', time: 1, text: 'Hello' }] as const
      return { items, position: encodePlace({ createdAt: 1, turn: 1, sequence: 1 }) }
    },
    async removeSession(_, session) {
      if (!sessions.delete(session)) throw new PolisError('NOT_FOUND', `There is no session ${session}`)
    },
    schedules: async () => [...schedules.values()],
    async putSchedule(_, { name, agent, cron, timeZone = 'UTC', missed = 'once', input = null, paused = false }) {
      if (cron === 'nonsense')
        throw new PolisError('INVALID_ARGUMENT', `cron: expected five or six fields, got '${cron}'`)
      const schedule: ScheduleView = { name, agent, cron, timeZone, missed, input, paused, source: 'api', nextAt: 5000 }
      schedules.set(name, schedule)
      return schedule
    },
    async removeSchedule(_, name) {
      if (!schedules.delete(name)) throw new PolisError('NOT_FOUND', `There is no schedule ${name}`)
    },
    releases: async () => [{ agent: 'echo', release: 'r1', count: 3 }],
    workers: async () => [
      { worker: 'worker_1', host: 'here', pid: 1, startedAt: 1, draining: false, releases: { echo: 'r1' } },
    ],
  }
  questions.set('q', { run: 'run_x', agent: 'slow', id: 'a/b#2', question: 'Go on?', schema: {}, askedAt: 1 })
  return fake
}

const COST = {
  ...{ calls: 2, tokens: 10, dollars: 0.5, unpriced: 1, assumed: { calls: 1, tokens: 5, dollars: 0.25 } },
  usage: { input: 7, cachedInput: 0, cacheWrite: 0, output: 3, reasoning: 0 },
}

const BUDGET = {
  ...{ key: 'session/s1', limits: { dollars: 1 }, createdAt: 1, updatedAt: 2 },
  ...{ raised: { tokens: 0, dollars: 0 }, settled: { tokens: 9, dollars: 0.4 }, reserved: { tokens: 0, dollars: 0 } },
}
