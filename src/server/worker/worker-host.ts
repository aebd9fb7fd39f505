/**
 * The main thread's side of the agents' thread.
 *
 * Role: keeps one thread executing the project's code. Boundary: it executes none of that code itself, so nothing an author writes
 * can stop the listeners.
 * Invariants:
 * 1. At most one thread is current. One that ends without being asked to is replaced, after a delay that doubles with each failure.
 * 2. A reload that fails leaves the current thread as it was.
 * 3. After `stop` or `kill` no thread is started, and every wait has an end.
 */
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Settings } from '../../core/settings.ts'
import type { Log } from '../../telemetry/log.ts'
import { describeEnd, type LaunchedThread, launchThread } from './launch.ts'
import type { Catalogue, FromThread, Spawn, ThreadInput } from './message.ts'

/** See the head of this file. */
export interface WorkerHost {
  /** Of the code that was loaded last. */
  catalogue(): Catalogue
  /** Begins to execute runs; rejects when the thread cannot. Without it the thread only knows its catalogue. */
  start(): Promise<void>
  /** Loads the code anew in a thread of its own, which takes over; runs are handed over, steps that run get `drain` ms. */
  reload(drain: number): Promise<void>
  /** No new runs; running steps get `drain` ms, the rest is handed over. Never rejects. */
  stop(drain: number): Promise<void>
  /** Ends the thread where it is. */
  kill(): Promise<void>
  /** Throws why no runs are executed now, if so. */
  check(): void
}

/** What the worker host works with. */
export interface WorkerHostOptions {
  readonly spawn: Spawn
  readonly input: ThreadInput
  readonly clock: Clock
  readonly log: Log
  readonly onMessage: (message: FromThread) => void
  /** Told when a thread was lost, before another takes its place. */
  readonly onLost: (error: PolisError) => void
  /** Told when other code took over. */
  readonly onCatalogue: (catalogue: Catalogue) => void
  readonly limits?: WorkerHostLimits
}

/** Times in milliseconds. */
export interface WorkerHostLimits {
  readonly startTimeout: number
  readonly closeTimeout: number
  readonly firstDelay: number
  readonly longestDelay: number
  /** A thread that lasted so long was well: the next delay is the first again. */
  readonly wellAfter: number
}

/** By default. Closing takes a part of `deadlinesOf(settings).close`. */
export const WORKER_LIMITS: WorkerHostLimits = {
  startTimeout: 30_000,
  closeTimeout: 3000,
  firstDelay: 100,
  longestDelay: 30_000,
  wellAfter: 60_000,
}

interface Supervised {
  readonly options: WorkerHostOptions
  readonly limits: WorkerHostLimits
  /** As the process was started: a reload changes code, not settings. */
  readonly settings: Settings
  thread: LaunchedThread | undefined
  catalogue: Catalogue
  executing: boolean
  over: boolean
  failures: number
  /** Why there is no thread that executes, while there is none. */
  lost: PolisError | undefined
  cancelRestart: () => void
}

/** Supervises threads, beginning with one that has loaded its project. */
export function createWorkerHost(options: WorkerHostOptions, first: LaunchedThread): WorkerHost {
  const limits = options.limits ?? WORKER_LIMITS
  const { catalogue } = first
  const host: Supervised = {
    options,
    limits,
    settings: catalogue.settings,
    thread: undefined,
    catalogue,
    executing: false,
    over: false,
    failures: 0,
    lost: undefined,
    cancelRestart: () => {},
  }
  adopt(host, first)
  let reloads: Promise<unknown> = Promise.resolve()
  return {
    catalogue: () => host.catalogue,
    start: async () => {
      host.executing = true
      await host.thread?.start(host.settings)
    },
    reload: (drain) => {
      const reload = reloads.then(() => takeOver(host, drain))
      // The caller is told of a failure; the next reload is tried all the same.
      reloads = reload.catch(() => {})
      return reload
    },
    stop: async (drain) => {
      end(host)
      await host.thread?.stop(drain)
    },
    kill: async () => {
      end(host)
      await host.thread?.terminate()
    },
    check: () => {
      if (host.lost !== undefined) throw host.lost
    },
  }
}

function adopt(host: Supervised, thread: LaunchedThread): void {
  const { clock } = host.options
  const since = clock.now()
  host.thread = thread
  host.catalogue = thread.catalogue
  host.lost = undefined
  void thread.ended.then((how) => {
    // One that was replaced ends without anyone's concern.
    if (host.thread !== thread) return
    host.thread = undefined
    if (host.over) return
    if (clock.now() - since >= host.limits.wellAfter) host.failures = 0
    lose(host, describeEnd(how, host.options.input.dir))
  })
}

function lose(host: Supervised, error: PolisError): void {
  const { clock, log, onLost } = host.options
  const { firstDelay, longestDelay } = host.limits
  const delay = Math.min(firstDelay * 2 ** host.failures, longestDelay)
  host.failures++
  host.lost = error
  log.error({ error, delay }, `${error.message}. Another is started in ${delay} ms`)
  onLost(error)
  host.cancelRestart = clock.setTimer(clock.now() + delay, () => void restart(host))
}

async function restart(host: Supervised): Promise<void> {
  const before = host.catalogue
  try {
    const thread = await launch(host)
    // A stop or a reload came first.
    if (host.over || host.thread !== undefined) return await thread.terminate()
    adopt(host, thread)
    if (!sameCode(before, thread.catalogue)) host.options.onCatalogue(thread.catalogue)
  } catch (reason) {
    if (!host.over && host.thread === undefined) lose(host, PolisError.from(reason))
  }
}

async function takeOver(host: Supervised, drain: number): Promise<void> {
  const next = await launch(host)
  if (host.over) return next.terminate()
  host.cancelRestart()
  const before = host.thread
  host.failures = 0
  adopt(host, next)
  host.options.onCatalogue(next.catalogue)
  await before?.stop(drain)
}

/** A thread that does what the current one is to do; a failure leaves none behind. */
async function launch(host: Supervised): Promise<LaunchedThread> {
  const thread = await launchThread({ ...host.options, ...host.limits })
  if (!host.executing) return thread
  try {
    await thread.start(host.settings)
    return thread
  } catch (error) {
    await thread.terminate()
    throw error
  }
}

function end(host: Supervised): void {
  host.over = true
  host.lost = new PolisError('SHUTTING_DOWN', 'The process is shutting down')
  host.cancelRestart()
}

function sameCode(one: Catalogue, other: Catalogue): boolean {
  const releases = ({ agents }: Catalogue) => agents.map(({ name, release }) => `${name} ${release}`).join()
  return releases(one) === releases(other)
}
