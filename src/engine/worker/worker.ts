/**
 * A worker: claims runs and executes them.
 *
 * Role: keeps up to `maxConcurrent` runs in memory, wakes for new work, timers and messages, and notices dead workers.
 * Boundary: the store's ports; it knows no agent's code but through programs.
 * Invariants:
 * 1. It claims only releases that it holds (G9), and nothing once it stops (G6).
 * 2. Every claimed run ends in a commit that gives it back, or in the worker being unregistered, which gives back the rest.
 * 3. A run whose workers died three times is not executed again, but put aside as a dead letter.
 * 4. When its lease is lost, what it executes is aborted and forgotten without a commit: all of it is, or will be, another's (G2).
 * 5. While the store is away it claims nothing, and starts no step of a run that has something to record: what it has to keep until the
 *    store is back is at most the results of the steps that were executing (invariants 2 and 4 of `run/residence.ts`).
 */
import type { Entry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { RunRecord } from '../../core/run.ts'
import { createShortLived, type ShortLived } from '../../core/short-lived.ts'
import type { ClaimOutcome } from '../../store/coordination.ts'
import type { Submit, WatchListener } from '../../store/journal.ts'
import { type Backoff, createBackoff } from '../backoff.ts'
import { ANY_RELEASE } from '../release.ts'
import type { Engine } from '../run/engine.ts'
import type { Execution } from '../run/execute.ts'
import type { RunEnd } from '../run/residence.ts'
import { begin, isEnd, prepare } from './begin.ts'
import { createReaper, type Reaper } from './reaper.ts'
import { createRegistration, type Registration } from './registration.ts'

export type { WorkerSettings } from '../run/engine.ts'

/** A worker's state, from start to stop. */
export interface Worker {
  /** Of its present lease: another one follows when a lease was lost. */
  readonly id: string
  start(): Promise<void>
  /** No new claims; running steps get `timeout` ms, then everything is handed over. */
  stop(options: { readonly timeout: number }): Promise<void>
  /** Runs in memory. */
  active(): number
  /** True when a submit of this process may be claimed in its own commit: there is room, and nothing else waits. */
  readonly hasRoom: () => boolean
  /**
   * For a run in this worker's memory: resolves with how it ended, once that is durable, or with undefined when it left memory
   * otherwise. Undefined at once for any other run.
   */
  readonly ending: (tenant: string, run: string) => Promise<RunEnd | undefined> | undefined
  /** Executes a run that was claimed in the commit of its submit. */
  readonly take: (record: RunRecord, submit: Submit) => void
  /** Something that may have given it a run had no answer: it asks the store what it holds. */
  readonly recall: () => void
}

export interface WorkerOptions extends Engine {
  /** Of its first lease. */
  readonly id: string
  /** Takes runs of any release of its agents: `dev`, where code changes under its runs. */
  readonly anyRelease?: boolean
  /** Runs of one tenant at once, over all workers. */
  readonly tenantConcurrency?: number
}

/** What the parts of a worker share. */
interface Work {
  readonly options: WorkerOptions
  readonly engine: Engine
  readonly registration: Registration
  /** Waits between claims that fail. */
  readonly backoff: Backoff
  readonly held: ShortLived<Execution>
  /** Runs being read before they execute. */
  readonly starting: ShortLived<RunRecord>
  /** Those who wait in this process for the ends of runs in memory. */
  readonly endings: ShortLived<((end: RunEnd | undefined) => void)[]>
  /** Runs that left memory and whose last commit was not told of yet: it is no news. */
  readonly left: Set<string>
  readonly releases: Readonly<Record<string, string>>
  state: 'new' | 'working' | 'stopping' | 'stopped'
  pulling: boolean
  pullAgain: boolean
  /** A claim had no answer: the next one asks what this worker holds. */
  recall: boolean
  /** Runs that were told of since a claim was asked for, and whether anything may have changed. */
  readonly noticed: Set<string>
  overheard: boolean
  /** Runs that came to it while it asks that. */
  readonly come: Set<string>
  /** The last claim left nothing in the queue. */
  drained: boolean
  cancelWake: () => void
  readonly reaper: Reaper
  unwatch: () => void
  /** Called whenever a run leaves memory. */
  readonly onLeave: Set<() => void>
}

/** A worker over a store. */
export function createWorker(options: WorkerOptions): Worker {
  const work = createWork(options)
  return {
    get id() {
      return work.registration.id
    },
    start: () => start(work),
    stop: ({ timeout }) => stop(work, timeout),
    active: () => work.held.size + work.starting.size,
    // A tenant's limit is the queue's business: a claim outside of it would go past it.
    hasRoom: () => isWorking(work) && work.drained && options.tenantConcurrency === undefined && room(work) > 0,
    ending: (tenant, run) => ending(work, tenant, run),
    take: (record, submit) => void hold(work, record, submit.entries),
    recall() {
      work.recall = true
      void pull(work)
    },
  }
}

function createWork(options: WorkerOptions): Work {
  const work: Work = {
    options,
    engine: options,
    registration: registrationOf(options, () => work),
    backoff: createBackoff(options.random, { first: 250 }),
    reaper: reaperOf(options, () => work),
    held: createShortLived(),
    starting: createShortLived(),
    left: new Set(),
    endings: createShortLived(),
    releases: releasesOf(options),
    state: 'new',
    pulling: false,
    pullAgain: false,
    recall: false,
    noticed: new Set(),
    overheard: false,
    come: new Set(),
    drained: false,
    cancelWake: nothing,
    unwatch: nothing,
    onLeave: new Set(),
  }
  return work
}

function releasesOf({ programs }: WorkerOptions): Readonly<Record<string, string>> {
  return Object.fromEntries([...programs.values()].map(({ name, release }) => [name, release]))
}

function registrationOf(options: WorkerOptions, work: () => Work): Registration {
  const { id, store, clock, random, ids, anyRelease } = options
  const held = Object.entries(releasesOf(options))
  return createRegistration({
    ...{ id, coordination: store.coordination, clock, random, ids },
    releases: Object.fromEntries(held.map(([agent, release]) => [agent, anyRelease ? ANY_RELEASE : release])),
    onLost: (lost) => lose(work(), lost),
    onHeld: () => void pull(work()),
    report: (error) => report(work(), error, 'taking a new lease failed, trying again'),
  })
}

function reaperOf({ store, clock, random, settings, log }: WorkerOptions, work: () => Work): Reaper {
  return createReaper({
    ...{ coordination: store.coordination, clock, random, heartbeat: settings.heartbeat },
    looked(runs) {
      if (runs > 0) log.warn({ runs }, 'a worker died, its runs continue elsewhere')
      // Notices are hints: what none of them told of is found here.
      void pull(work())
      if (work().held.size > 0 && store.coordination.lease === 'time') void fetchMessages(work())
    },
    failed: (reason) => report(work(), reason, 'looking for dead workers failed'),
  })
}

async function start(work: Work): Promise<void> {
  await work.registration.open()
  work.state = 'working'
  work.unwatch = work.engine.store.journal.watch((...news) => notice(work, ...news))
  work.reaper.start()
  await pull(work)
}

function notice(work: Work, ...[runs, quiet, waiting = true]: Parameters<WatchListener>): void {
  if (runs === undefined) work.left.clear()
  work.overheard ||= runs === undefined
  let mine = runs === undefined
  let others = runs === undefined
  for (const run of runs ?? []) {
    if (quiet.has(run)) continue
    if (work.pulling) work.noticed.add(run)
    if (work.held.has(run)) mine = true
    else if (!work.starting.has(run) && !work.left.delete(run)) others = true
  }
  if (others && waiting) void pull(work)
  if (mine) void fetchMessages(work)
}

function isWorking({ state, registration }: Work): boolean {
  return state === 'working' && registration.isHeld
}

/** Claims while there is room and work. */
async function pull(work: Work): Promise<void> {
  if (!isWorking(work)) return
  if (work.pulling) {
    work.pullAgain = true
    return
  }
  work.pulling = true
  try {
    do {
      work.pullAgain = false
      await claim(work)
    } while (work.pullAgain && isWorking(work))
    work.backoff.reset()
  } catch (reason) {
    work.recall = true
    report(work, reason, 'claiming failed, trying again')
    if (work.state === 'working') wakeAt(work, work.engine.clock.now() + work.backoff.next())
  } finally {
    work.pulling = false
  }
}

async function claim(work: Work): Promise<void> {
  const slots = room(work)
  if (slots <= 0) return
  const { store, clock, programs } = work.engine
  const { anyRelease = false, tenantConcurrency } = work.options
  const { id } = work.registration
  const perAgent: Record<string, number> = {}
  for (const { name, limits } of programs.values())
    if (limits.concurrency !== undefined) perAgent[name] = limits.concurrency
  const { recall } = work
  const known = new Set(recall ? [...work.held.keys(), ...work.starting.keys()] : [])
  work.come.clear()
  work.noticed.clear()
  work.overheard = false
  const outcome = await store.coordination.claim({
    ...{ worker: id, now: clock.now(), slots, releases: work.releases, any: anyRelease, recall },
    limits: { perAgent, ...(tenantConcurrency === undefined ? {} : { perTenant: tenantConcurrency }) },
  })
  if (recall) work.recall = false
  // What it had when it asked may have left memory since; what came meanwhile is in good hands.
  const lost = outcome.held?.filter(({ run }) => !known.has(run) && !work.come.has(run)) ?? []
  for (const record of lost) void hold(work, record)
  for (const record of outcome.runs) void hold(work, record, freshOf(work, outcome, record))
  work.drained = !outcome.more
  if (outcome.more && outcome.runs.length > 0) work.pullAgain = true
  if (outcome.nextAt !== undefined && work.state === 'working') wakeAt(work, outcome.nextAt)
}

// A message that others sent after the claim may have been told of before its answer came: then the run is read.
function freshOf({ noticed, overheard }: Work, { fresh }: ClaimOutcome, { run }: RunRecord) {
  return overheard || noticed.has(run) ? undefined : fresh?.get(run)
}

async function hold(work: Work, record: RunRecord, fresh?: readonly Entry[]): Promise<void> {
  // It came under a lease that was lost meanwhile.
  if (record.worker !== work.registration.id) return
  // The answer to a submit and that to a claim may both tell of it.
  if (epochHeld(work, record.run) === record.epoch) return
  if (work.state !== 'working') return giveBack(work, record)
  work.starting.set(record.run, record)
  work.come.add(record.run)
  try {
    const claimed = await prepare(work.engine, record, fresh)
    if (claimed === undefined || work.starting.get(record.run) !== record) return
    // It may have been asked to stop while it read.
    if (work.state !== 'working') return await giveBack(work, record)
    const execution = begin(work.engine, claimed, (why, end) => leave(work, record, why, end))
    if (execution !== undefined) work.held.set(record.run, execution)
  } catch (reason) {
    // It stays claimed: should this process be unable to read it at all, others may try once this worker is gone.
    report(work, reason, `run ${record.run} could not be started`)
  } finally {
    if (work.starting.get(record.run) === record) work.starting.delete(record.run)
    if (!work.held.has(record.run)) tellEnd(work, record.run, undefined)
    for (const listener of work.onLeave) listener()
  }
}

function epochHeld({ held, starting }: Work, run: string): number | undefined {
  return (held.get(run)?.record ?? starting.get(run))?.epoch
}

// Claimed while the worker stopped: nothing of it may be executed, since it may be another worker's by now, whose epoch refuses this.
async function giveBack(work: Work, { tenant, run, epoch }: RunRecord): Promise<void> {
  const { store, clock } = work.engine
  const next = { status: 'queued', at: clock.now(), reason: 'handed over by a worker that stops' } as const
  try {
    await store.journal.append({ tenant, run, epoch, entries: [], next })
  } catch (reason) {
    report(work, reason, `run ${run} could not be given back`)
  }
}

// The steps of its runs are aborted, and nothing of them is written.
function lose(work: Work, lease: string): void {
  const runs = work.held.size + work.starting.size
  work.engine.log.warn({ worker: lease, runs }, 'the lease of this worker was lost: its runs continue elsewhere')
  work.engine.metrics.increment('worker_leases_lost_total', {})
  for (const run of work.starting.keys()) tellEnd(work, run, undefined)
  work.starting.clear()
  for (const execution of work.held.values()) execution.drop()
  work.recall = false
}

function ending(work: Work, tenant: string, run: string): Promise<RunEnd | undefined> | undefined {
  const record = work.held.get(run)?.record ?? work.starting.get(run)
  if (record === undefined || record.tenant !== tenant) return undefined
  return new Promise((resolve) => {
    const waiting = work.endings.get(run) ?? []
    work.endings.set(run, waiting)
    waiting.push(resolve)
  })
}

/** Forgets a run. The next one of its session, or within its limit, may have become ready. */
function leave(work: Work, { run, agent, session }: RunRecord, why: string, end?: RunEnd): void {
  tellEnd(work, run, end)
  work.held.delete(run)
  if (isEnd(why)) work.left.add(run)
  for (const listener of work.onLeave) listener()
  if (!work.drained || session !== undefined || isLimited(work, agent)) void pull(work)
}

// What a limit keeps in the queue does not count as more to claim.
function isLimited({ options, engine }: Work, agent: string): boolean {
  return options.tenantConcurrency !== undefined || engine.programs.get(agent)?.limits.concurrency !== undefined
}

function tellEnd(work: Work, run: string, end: RunEnd | undefined): void {
  for (const tell of work.endings.get(run) ?? []) tell(end)
  work.endings.delete(run)
}

async function fetchMessages(work: Work): Promise<void> {
  try {
    const messages = await work.engine.store.journal.inbox({ worker: work.registration.id })
    for (const [run, own] of Map.groupBy(messages, (message) => message.run)) work.held.get(run)?.deliver(own)
  } catch (reason) {
    report(work, reason, 'reading messages failed')
  }
}

function wakeAt(work: Work, at: number): void {
  work.cancelWake()
  work.cancelWake = work.engine.clock.setTimer(at, () => void pull(work))
}

async function stop(work: Work, timeout: number): Promise<void> {
  if (work.state === 'stopped') return
  work.state = 'stopping'
  work.cancelWake()
  work.reaper.stop()
  for (const execution of work.held.values()) execution.drain()
  await emptied(work, timeout)
  for (const execution of work.held.values()) execution.interrupt()
  await emptied(work, 1000)
  work.unwatch()
  for (const execution of work.held.values()) execution.drop()
  work.state = 'stopped'
  await work.registration
    .close()
    .catch((reason) => report(work, reason, 'leaving failed, its runs continue once its lease is over'))
}

// Resolves when no run is left in memory, or after that time.
function emptied(work: Work, timeout: number): Promise<void> {
  const { clock } = work.engine
  return new Promise((resolve) => {
    const check = () => {
      if (work.held.size + work.starting.size > 0) return
      finish()
    }
    const finish = () => {
      work.onLeave.delete(check)
      cancel()
      resolve()
    }
    const cancel = clock.setTimer(clock.now() + timeout, finish)
    work.onLeave.add(check)
    check()
  })
}

function room(work: Work): number {
  return work.engine.settings.maxConcurrent - work.held.size - work.starting.size
}

function report(work: Work, reason: unknown, message: string): void {
  const error = PolisError.from(reason)
  work.engine.log.error({ worker: work.registration.id, error }, message)
  work.engine.metrics.increment('errors_total', { error_type: error.code, component: 'worker' })
}

function nothing(): void {}
