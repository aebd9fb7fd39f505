/**
 * One schedule: clients, workers and a store that are far from one another, until something goes wrong with each of them; then all
 * heals, and everything that was acknowledged has to come to its end.
 */
import { isDeepStrictEqual } from 'node:util'
import { PolisError } from '../../src/core/error.ts'
import type { RunRecord } from '../../src/core/run.ts'
import type { Act } from '../../src/engine/fake/workflow.ts'
import { createService } from '../../src/engine/service/create.ts'
import type { Service } from '../../src/engine/service/service.ts'
import { type MemoryStore, openMemoryStore } from '../../src/store/memory/open.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { silentMetrics } from '../../src/telemetry/metrics.ts'
import { checkJournals, checkSessions, openRuns } from './check.ts'
import { createLeases } from './lease.ts'
import { type Middle, type Process, startProcess, startWorker, type WorkerProcess } from './process.ts'
import { createStage, type Stage } from './stage.ts'
import { createTheatre, expected, lettersOf, normal, randomActs, type Theatre } from './workload.ts'

/** What came of one schedule. */
export interface Verdict {
  readonly seed: number
  readonly faults: readonly string[]
  readonly runs: number
  /** Faults that were injected. */
  readonly injected: number
  readonly fenced: number
  readonly stale: number
}

/** For so long things go wrong, and so long all may take to end (ms of simulated time). */
const TROUBLE = 3_000
const PATIENCE = 600_000
const POLICIES = ['enqueue', 'enqueue', 'interrupt'] as const
const TENANT = { tenant: 'default', by: 'client' }

interface World extends Middle {
  readonly theatre: Theatre
  readonly wrong: string[]
  readonly live: Set<WorkerProcess>
  readonly server: Process
  readonly service: Service
  readonly services: Map<WorkerProcess, Service>
  readonly counts: { injected: number; fenced: number }
  readonly asked: {
    readonly acts: readonly Act[]
    run?: string
    readonly cancelled: boolean
    interrupts?: string
    open: boolean
  }[]
}

/** Plays the schedule of a seed. The same seed gives the same. */
export async function simulate(seed: number): Promise<Verdict> {
  const world = createWorld(createStage(seed))
  const { stage } = world
  const workers = 1 + stage.below(3)
  for (let count = 0; count < workers; count++) addWorker(world)
  const runs = 2 + stage.below(5)
  for (let count = 0; count < runs; count++) stage.after(stage.below(1_000), () => void live(world, count))
  for (let count = stage.below(6); count > 0; count--) stage.after(stage.below(TROUBLE), () => trouble(world))
  answerQuestions(world)
  await stage.play(TROUBLE, () => false)
  if (world.live.size === 0) addWorker(world)
  const isOver = () =>
    world.asked.length === runs && world.asked.every(({ open }) => !open) && openRuns(world.store.state).length === 0
  const over = await stage.play(PATIENCE, isOver)
  if (!over) world.wrong.push(`G1: not over: ${[...openRuns(world.store.state), ...unanswered(world)].join('; ')}`)
  judge(world)
  const { wrong, counts, theatre } = world
  return { seed, faults: [...theatre.faults, ...wrong], runs, ...counts, stale: theatre.stale() }
}

function createWorld(stage: Stage): World {
  const counts = { injected: 0, fenced: 0 }
  const wrong: string[] = []
  const store = watched(openMemoryStore({ clock: stage.clock }), counts, wrong)
  const middle = { stage, store, leases: createLeases(store, stage) }
  const theatre = createTheatre(stage, store.state)
  const server = startProcess(middle)
  return {
    ...middle,
    theatre,
    wrong,
    live: new Set(),
    server,
    service: serviceOf(server),
    services: new Map(),
    counts,
    asked: [],
  }
}

const AGENT = {
  name: 'agent',
  description: '',
  release: 'r1',
  input: {},
  output: {},
  limits: {},
  session: 'enqueue',
} as const

function serviceOf({ store, ids, clock, worker }: Process & { readonly worker?: WorkerProcess['worker'] }): Service {
  const dependencies = { store, ids, clock, log: silentLog, metrics: silentMetrics, agents: () => [AGENT] }
  return createService(worker === undefined ? dependencies : { ...dependencies, worker })
}

// As behind a load balancer: a process without a worker, or one that lives and has one.
function anyService({ stage, service: ofServer, services, live }: World): Service {
  const [process] = stage.chance(0.6) ? [...live].filter(() => stage.chance(0.7)) : []
  if (process === undefined) return ofServer
  const service = services.get(process) ?? serviceOf(process)
  services.set(process, service)
  return service
}

// After each commit nothing may be wrong, whoever made it.
function watched(store: MemoryStore, counts: { fenced: number }, wrong: string[]): MemoryStore {
  const append: typeof store.journal.append = async (commit) => {
    const outcome = await store.journal.append(commit)
    if (outcome.kind === 'fenced') counts.fenced++
    if (commit.next !== undefined) wrong.push(...checkSessions(store.state))
    return outcome
  }
  return { ...store, journal: { ...store.journal, append } }
}

function addWorker(world: World): void {
  const process = startWorker(world, ['agent'], world.theatre.code)
  world.live.add(process)
  start(world, process)
}

function start(world: World, process: WorkerProcess): void {
  process.worker.start().catch(() => again(world, process))
}

// Whoever keeps processes alive starts another for one that is gone.
function again(world: World, process: WorkerProcess): void {
  process.line.dead = true
  world.live.delete(process)
  world.stage.after(world.stage.below(500), () => addWorker(world))
}

function trouble(world: World): void {
  const { stage, live, counts } = world
  const [process] = [...live].sort(() => stage.random.next() - 0.5)
  if (process === undefined) return
  counts.injected++
  const { line, worker } = process
  const until = stage.clock.now() + 50 + stage.below(1_500)
  switch (stage.pick(['kill', 'stop', 'cut', 'drain', 'outage'] as const)) {
    case 'outage':
      for (const { line: each } of [...live, world.server]) each.cutUntil = until
      return
    case 'kill':
      return again(world, process)
    case 'stop':
      line.stoppedUntil = until
      return
    case 'cut':
      line.cutUntil = until
      return
    case 'drain':
      live.delete(process)
      return void worker
        .stop({ timeout: stage.below(300) })
        .catch(() => {})
        .then(() => again(world, process))
  }
}

/** What one client does: submits until it is told that it is done, writes, and perhaps cancels. */
async function live(world: World, number: number): Promise<void> {
  const { stage } = world
  const acts = randomActs(stage)
  const asked: World['asked'][number] = { acts, cancelled: stage.chance(0.1), open: true }
  world.asked.push(asked)
  const session = stage.chance(0.4) ? { session: stage.pick(['s0', 's1']), policy: stage.pick(POLICIES) } : {}
  if (session.policy === 'interrupt') asked.interrupts = session.session
  const request = { agent: 'agent', input: { acts, path: '' }, key: `k${number}`, ...session }
  const { run } = await insist(world, (client) => client.submit(TENANT, request))
  const again = stage.chance(0.2) ? await insist(world, (client) => client.submit(TENANT, request)) : undefined
  if (again !== undefined && again.run.run !== run.run)
    world.wrong.push(`G1: ${run.run} came twice, as ${again.run.run}`)
  asked.run = run.run
  for (const id of lettersOf(acts, '')) {
    const letter = { name: `m${id}`, data: { id }, id: `letter.${id}` }
    await insist(world, (client) => client.send(TENANT, run.run, letter), ['ALREADY_ENDED'])
  }
  if (asked.cancelled) await insist(world, (client) => client.cancel(TENANT, run.run, 'no more'), ['ALREADY_ENDED'])
  asked.open = false
}

// Until it is answered; these errors are answers too.
async function insist<T>(
  world: World,
  act: (client: Service) => Promise<T>,
  answers: readonly string[] = [],
): Promise<T> {
  const { stage, wrong } = world
  for (;;) {
    try {
      return await Promise.race([act(anyService(world)), late(stage)])
    } catch (reason) {
      const { code, message } = PolisError.from(reason)
      if (answers.includes(code)) return undefined as T
      if (code !== 'STORE_UNAVAILABLE') wrong.push(`A client was told ${code}: ${message}`)
      await new Promise<void>((resolve) => stage.after(50, resolve))
    }
  }
}

// A client whose server died hears nothing.
function late({ clock }: Stage): Promise<never> {
  return new Promise((_, reject) => {
    clock.setTimer(clock.now() + 1_000, () => reject(new PolisError('STORE_UNAVAILABLE', 'No answer from the server')))
  })
}

function answerQuestions(world: World): void {
  const { stage, service: client, theatre } = world
  const look = async () => {
    const { items } = await client.questions(TENANT, {}, { limit: 100 })
    for (const { run, id, about, question } of items) {
      const { key } = (about ?? {}) as { readonly key?: string }
      const answer = key === undefined ? { yes: question } : (theatre.outcomes.get(key) ?? { action: 'retry' })
      await client.answer(TENANT, run, id, answer).catch(() => {})
    }
  }
  const later = () =>
    stage.after(
      400,
      () =>
        void look()
          .catch(() => {})
          .then(later),
    )
  later()
}

function judge({ store, asked, wrong }: World): void {
  wrong.push(...checkJournals(store.state), ...checkSessions(store.state))
  const records = new Map([...store.state.runs.values()].map(({ record }) => [record.run, record]))
  const interrupted = new Set(asked.flatMap(({ interrupts }) => interrupts ?? []))
  const givenUp = new Set([...records.values()].filter(isGivenUp).flatMap((record) => familyOf(record, records)))
  for (const { run, acts, cancelled } of asked) {
    const record = records.get(run ?? '')
    if (run === undefined || record === undefined) {
      wrong.push(`G1: run ${run} was acknowledged and is lost`)
      continue
    }
    if ((cancelled || interrupted.has(record.session ?? '')) && record.status === 'cancelled') continue
    // Three deaths without progress are told from a crash loop by nobody, of a child neither.
    if (givenUp.has(run)) continue
    if (record.status !== 'completed') wrong.push(`${run} is ${record.status}: ${record.reason}`)
    else checkOutput(store, record.tenant, run, acts, wrong)
  }
}

function isGivenUp({ status, reason }: RunRecord): boolean {
  return status === 'dead' && reason?.startsWith('3 workers died') === true
}

// The run and those above it.
function familyOf(record: RunRecord | undefined, records: ReadonlyMap<string, RunRecord>): readonly string[] {
  return record === undefined ? [] : [record.run, ...familyOf(records.get(record.parent?.run ?? ''), records)]
}

function checkOutput({ state }: MemoryStore, tenant: string, run: string, acts: readonly Act[], wrong: string[]): void {
  const last = state.journals.get(JSON.stringify([tenant, run])).at(-1)
  const found = normal((JSON.parse(Buffer.from(last?.payload ?? []).toString()) as { output: unknown }).output)
  const wanted = expected(acts, '')
  if (!isDeepStrictEqual(found, wanted)) {
    wrong.push(`G3: ${run} came to ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`)
  }
}

function unanswered({ asked }: World): readonly string[] {
  return asked.filter(({ open }) => open).map(({ run }) => `a client waits (${run})`)
}
