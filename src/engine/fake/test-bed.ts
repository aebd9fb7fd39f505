/**
 * A bed for tests of the engine: workers and clients on one memory store, with time that moves only when told, and processes
 * that can be killed.
 *
 * What a killed process still computes is cut off from everything: its store, its clock, and the functions of its steps.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { AgentLimits } from '../../core/agent.ts'
import type { AgentBudgets } from '../../core/budget.ts'
import type { Clock } from '../../core/clock.ts'
import type { DecodedEntry, EntryKind } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { createIds, DEFAULT_TENANT, type Ids } from '../../core/id.ts'
import { type ManualClock, manualClock } from '../../core/manual-clock.ts'
import { seededRandom } from '../../core/random.ts'
import { hasEnded, type SessionPolicy } from '../../core/run.ts'
import { createTransients } from '../../core/transient.ts'
import type { Commit, JournalPort } from '../../store/journal.ts'
import type { Faults } from '../../store/memory/group.ts'
import { type MemoryStore, openMemoryStore } from '../../store/memory/open.ts'
import { type MemoryState, memoryState } from '../../store/memory/state.ts'
import { silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics.ts'
import type { Program } from '../program.ts'
import type { WorkerSettings } from '../run/engine.ts'
import type { Scope, StepCall, StepTerms } from '../scope.ts'
import { createService } from '../service/create.ts'
import type { Caller, RunView, Service, SubmitRequest } from '../service/service.ts'
import { createWorker, type Worker } from '../worker/worker.ts'

/** What an agent of a test does; `life` ends with the process that executes it. */
export type AgentCode = (scope: Scope, input: never, life: { readonly dead: boolean }) => Promise<unknown>

/** What a bed is made from. */
export interface BedOptions {
  readonly agents: Readonly<Record<string, AgentCode>>
  readonly limits?: Readonly<Record<string, AgentLimits>>
  readonly budgets?: Readonly<Record<string, AgentBudgets>>
  readonly settings?: Partial<WorkerSettings>
  readonly session?: SessionPolicy
  readonly tenantConcurrency?: number
  readonly seed?: number
}

/** How a process starts. */
export interface ProcessOptions {
  readonly faults?: Faults
  readonly agents?: BedOptions['agents']
  /** Asked before each append by its number, from 1: true loses its answer, though it is done. */
  readonly losesAnswer?: (append: number) => boolean
  /** The same for claims. */
  readonly losesClaim?: (claim: number) => boolean
  /** What its store says of the queue whenever something changed. */
  readonly waiting?: () => boolean
  /** Awaited before each append. */
  readonly before?: (commit: Commit) => Promise<unknown>
}

/** A process with a worker. */
export interface BedProcess {
  readonly worker: Worker
  readonly store: MemoryStore
  readonly dead: boolean
  /** As kill -9. */
  kill(): void
}

/** The bed: one state, one clock, a client that never dies, and processes with workers. */
export interface Bed {
  readonly clock: ManualClock
  readonly state: MemoryState
  readonly service: Service
  readonly caller: Caller
  readonly ids: Ids
  /** Starts a process; `agents` replaces the code, as a deployment does. */
  open(options?: ProcessOptions): Promise<BedProcess>
  submit(input: unknown, request?: Partial<SubmitRequest>): Promise<string>
  /** Lets everything happen that needs no time. */
  idle(): Promise<void>
  /** Lets time pass until the run has ended; `each` is called whenever nothing more happens by itself. */
  finish(run: string, each?: () => Promise<void>): Promise<RunView>
  /** Lets that much time pass, in small steps (ms). */
  pass(milliseconds: number): Promise<void>
  entries(run: string): Promise<readonly DecodedEntry[]>
  kinds(run: string): Promise<readonly EntryKind[]>
}

// A replay takes a turn for each result, and writes nothing meanwhile.
const QUIET_TURNS = 80
const MOST_WAITS = 500

/** Makes a bed; its first process has to be opened. */
export function createBed(options: BedOptions): Bed {
  const clock = manualClock()
  const state = memoryState()
  const random = seededRandom(options.seed ?? 1)
  const ids = createIds(clock, random)
  let groups = 0
  const store = openMemoryStore({ clock, state, faults: () => void groups++ })
  const agents = Object.keys(options.agents).map((name) => toInfo(name, options))
  const base = { store, ids, clock, log: silentLog, metrics: silentMetrics }
  const service = createService({ ...base, agents: () => agents })
  const caller = { tenant: DEFAULT_TENANT, by: 'tester' }
  const idle = async () => {
    for (let before = groups, quiet = 0; quiet < QUIET_TURNS; quiet++) {
      await turn()
      if (groups !== before) quiet = 0
      before = groups
    }
  }
  const bed: Bed = {
    clock,
    state,
    service,
    caller,
    ids,
    idle,
    async open({ faults = () => undefined, agents = options.agents, ...loses } = {}) {
      const counted: Faults = (moment) => {
        groups++
        return faults(moment)
      }
      const process = openProcess({ ...options, agents }, { clock, state, random, ids }, counted, loses)
      await Promise.race([process.worker.start(), idle()])
      return process
    },
    async submit(input, request = {}) {
      const { run } = await service.submit(caller, { agent: agents[0]?.name ?? '', input, ...request })
      return run.run
    },
    finish: (run, each) => finish(bed, run, each),
    async pass(milliseconds) {
      const end = clock.now() + milliseconds
      while (clock.now() < end) {
        clock.advanceTo(Math.min(end, Math.max(clock.nextTimer() ?? end, clock.now() + 1)))
        await idle()
      }
    },
    entries: (run) => service.entries(caller, run, 0, 100_000),
    kinds: async (run) => (await bed.entries(run)).map(({ kind }) => kind),
  }
  return bed
}

async function finish(bed: Bed, run: string, each: () => Promise<void> = async () => {}): Promise<RunView> {
  for (let waits = 0; waits < MOST_WAITS; waits++) {
    await bed.idle()
    const view = await bed.service.run(bed.caller, run)
    if (view.status !== 'waiting-for-release' && hasEnded(view.status)) return view
    await each()
    await bed.idle()
    const next = bed.clock.nextTimer() ?? bed.clock.now() + 1
    bed.clock.advanceTo(Math.max(next, nothingBefore(bed.state)))
  }
  const view = await bed.service.run(bed.caller, run)
  const kinds = (await bed.kinds(run)).join(' ')
  throw new Error(`Run ${run} did not end: it is ${view.status} (${view.reason}) with ${kinds}`)
}

// Until when nothing can happen by itself: all that is open sleeps, and no human is waited for.
function nothingBefore(state: MemoryState): number {
  const open = [...state.runs.values()].filter(({ record }) => !hasEnded(record.status))
  const awake = open.some(({ record }) => record.status !== 'suspended' && record.status !== 'blocked')
  if (awake || [...state.questions.values()].length > 0) return 0
  const wakes = open.flatMap(({ record }) => record.wakeAt ?? [])
  return wakes.length === 0 ? 0 : Math.min(...wakes)
}

interface Shared {
  readonly clock: ManualClock
  readonly state: MemoryState
  readonly random: ReturnType<typeof seededRandom>
  readonly ids: ReturnType<typeof createIds>
}

function openProcess(
  options: BedOptions,
  { clock, state, random, ids }: Shared,
  faults: Faults,
  { losesAnswer = never, losesClaim = never, waiting: queued, before }: Omit<ProcessOptions, 'faults' | 'agents'>,
): BedProcess {
  const life = { dead: false }
  const own = mortalClock(clock, life)
  const memory = openMemoryStore({
    clock: own,
    state,
    faults(moment) {
      const fault = faults(moment)
      if (fault === 'crash') life.dead = true
      return fault
    },
  })
  const append = forgetful(memory.journal.append, losesAnswer)
  const waiting = async (commit: Commit) => before?.(commit).then(() => append(commit)) ?? append(commit)
  const watch: JournalPort['watch'] = (listener) =>
    memory.journal.watch((runs, quiet) => listener(runs, quiet, queued?.()))
  const journal = { ...memory.journal, watch, append: before === undefined ? append : waiting }
  const coordination = { ...memory.coordination, claim: forgetful(memory.coordination.claim, losesClaim) }
  const store = { ...memory, journal, coordination }
  const worker = createWorker({
    id: ids.worker(),
    store,
    programs: new Map(Object.keys(options.agents).map((name) => [name, toProgram(name, options, life)])),
    settings: { ...SETTINGS, ...options.settings },
    clock: own,
    random,
    ids,
    log: silentLog,
    metrics: silentMetrics,
    transients: createTransients(),
    ...(options.tenantConcurrency === undefined ? {} : { tenantConcurrency: options.tenantConcurrency }),
  })
  return {
    worker,
    store,
    get dead() {
      return life.dead
    },
    kill() {
      life.dead = true
      store.crash()
    },
  }
}

function forgetful<Asked, Answer>(
  ask: (asked: Asked) => Promise<Answer>,
  loses: (call: number) => boolean,
): (asked: Asked) => Promise<Answer> {
  let calls = 0
  return async (asked) => {
    const lost = loses(++calls)
    const answer = await ask(asked)
    if (lost) throw new PolisError('STORE_UNAVAILABLE', 'A test lost this answer')
    return answer
  }
}

function never(): boolean {
  return false
}

const SETTINGS: WorkerSettings = {
  maxConcurrent: 10,
  drainTimeout: 60_000,
  suspendAfter: 100,
  maxJournalBytes: 1e8,
  heartbeat: 1000,
}

function mortalClock(clock: Clock, life: { readonly dead: boolean }): Clock {
  return { now: clock.now, setTimer: (at, fire) => clock.setTimer(at, () => (life.dead ? undefined : fire())) }
}

function toProgram(name: string, { agents, limits, budgets }: BedOptions, life: { readonly dead: boolean }): Program {
  const run = async (scope: Scope, input: unknown) => agents[name]?.(mortalScope(scope, life), input as never, life)
  const own = budgets?.[name]
  return { name, release: 'r1', limits: limits?.[name] ?? {}, run, ...(own === undefined ? {} : { budgets: own }) }
}

// What a dead process would do next is not done.
function mortalScope(scope: Scope, life: { readonly dead: boolean }): Scope {
  const below = (code: (scope: Scope) => Promise<unknown>) => (lane: Scope) => code(mortalScope(lane, life))
  return {
    ...scope,
    step: (name, call, terms) => scope.step(name, (step) => (life.dead ? new Promise(() => {}) : call(step)), terms),
    branch: (name, code) => scope.branch(name, below(code)),
    all: (branches) => scope.all(branches.map(([name, code]) => [name, below(code)])),
    race: (branches) => scope.race(branches.map(([name, code]) => [name, below(code)])),
  }
}

function toInfo(name: string, { limits, session = 'enqueue' }: BedOptions) {
  return { name, description: name, release: 'r1', input: {}, output: {}, limits: limits?.[name] ?? {}, session }
}

/** A step's terms: by default one that may be repeated, up to three times, without a delay to speak of. */
export function terms(changes: Partial<StepTerms> = {}): StepTerms {
  return {
    ...{ effect: 'read', uncertain: 'ask', attempts: undefined, delay: 10, maxDelay: 1000, factor: 2, jitter: false },
    ...{ timeout: 60_000, hash: undefined },
    ...changes,
  } as StepTerms
}

/** A step as most tests want it. */
export function step(
  scope: Scope,
  name: string,
  call: (step: StepCall) => unknown,
  changes: Partial<StepTerms> = {},
): Promise<unknown> {
  return scope.step(name, call, terms(changes))
}

/** Runs all of an agent's code once, in one process, and answers how it ended. */
export async function runOnce(
  code: AgentCode,
  input: unknown = null,
  options: Partial<BedOptions> = {},
): Promise<{ readonly bed: Bed; readonly run: string; readonly view: RunView }> {
  const bed = createBed({ ...options, agents: { agent: code, ...options.agents } })
  await bed.open()
  const run = await bed.submit(input)
  return { bed, run, view: await bed.finish(run) }
}
