import { placeOf } from '../../agent/project/load-error.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Settings } from '../../core/settings.ts'
import { within } from '../within.ts'
import type { Catalogue, FromThread, Spawn, ThreadEnd, ThreadInput } from './message.ts'

/** A thread that has loaded its project. */
export interface LaunchedThread {
  readonly catalogue: Catalogue
  /** Resolves when it executes runs; rejects when it cannot, or ends first. */
  start(settings: Settings): Promise<void>
  /** No new runs; steps get `timeout` ms, the rest is handed over. A thread that does not end in time is ended. Never rejects. */
  stop(timeout: number): Promise<void>
  /** Ends it where it is. */
  terminate(): Promise<void>
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<ThreadEnd>
}

/** What launching works with; times in milliseconds. */
export interface LaunchOptions {
  readonly spawn: Spawn
  readonly input: ThreadInput
  readonly clock: Clock
  /** For loading the project, and again for starting. */
  readonly startTimeout: number
  /** After the drain, for handing over and closing. */
  readonly closeTimeout: number
  /** Told everything beside the thread's own state: metrics, logs, transient events. */
  readonly onMessage: (message: FromThread) => void
}

/** Starts a thread and waits until it has loaded the project; rejects with why it could not, and then leaves no thread behind. */
export async function launchThread(options: LaunchOptions): Promise<LaunchedThread> {
  const { spawn, input, clock, startTimeout, closeTimeout } = options
  const loaded = Promise.withResolvers<Catalogue>()
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<ThreadEnd>()
  // Whoever does not wait for one of these must not be told of its rejection by the process.
  for (const { promise } of [loaded, started]) promise.catch(() => {})
  const fail = (error: PolisError) => {
    loaded.reject(error)
    started.reject(error)
  }
  const thread = spawn(input, {
    message(message) {
      if (message.kind === 'loaded') loaded.resolve(message.catalogue)
      else if (message.kind === 'started') started.resolve()
      else if (message.kind === 'failed') fail(PolisError.fromJSON(message.error))
      else options.onMessage(message)
    },
    ended(end) {
      const error = describeEnd(end, input.dir)
      // Ignored once it has loaded.
      loaded.reject(
        new PolisError('AGENT_LOAD_FAILED', `The project was not loaded. ${error.message}`, { cause: error }),
      )
      started.reject(error)
      ended.resolve(end)
    },
  })
  try {
    const catalogue = await within(clock, startTimeout, loaded.promise, () => tooSlow('load', startTimeout))
    return {
      catalogue,
      start: async (settings) => {
        thread.post({ kind: 'start', settings })
        await within(clock, startTimeout, started.promise, () => tooSlow('start', startTimeout))
      },
      stop: async (timeout) => {
        thread.post({ kind: 'stop', timeout })
        const late = () => new PolisError('TIMEOUT', 'The thread did not end in time')
        // Too late is not an error here: it is ended where it is, and its runs continue elsewhere.
        await within(clock, timeout + closeTimeout, ended.promise, late).catch(() => thread.terminate())
      },
      terminate: () => thread.terminate(),
      ended: ended.promise,
    }
  } catch (error) {
    await thread.terminate()
    throw error
  }
}

/** Why a thread ended that was not asked to, with the place in the project (`dir`) where that is known. */
export function describeEnd({ code, error }: ThreadEnd, dir: string): PolisError {
  if (error === undefined)
    return new PolisError('WORKER_LOST', `The agents' thread ended by itself (exit code ${code})`)
  const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  const place = placeOf(error, dir)
  const message = isMemory
    ? "The agents' thread ran out of memory: an agent holds more than it may"
    : `An error that no agent caught ended the agents' thread: ${PolisError.from(error).message}${place === undefined ? '' : ` (${place})`}`
  return new PolisError('WORKER_LOST', message, { cause: error })
}

function tooSlow(what: 'load' | 'start', timeout: number): PolisError {
  const message = `The project did not ${what} within ${timeout / 1000} s: look for code outside run() that waits or loops`
  return new PolisError('AGENT_LOAD_FAILED', message)
}
