/**
 * How the process ends.
 *
 * Role: runs the phases of the end in their order. Boundary: it reads no signals and exits nothing; `main.ts` does.
 * Invariants:
 * 1. Each phase ends: it is left behind once its time is over, and the next one begins. One that fails stops none after it.
 * 2. However often the end is asked for, it happens once.
 * 3. `kill` leaves the phase in progress behind, and gives every later one no time at all.
 */
import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Log } from '../telemetry/log.ts'
import { within } from './within.ts'

/** One phase of the end; `timeout` is milliseconds. */
export interface Phase {
  readonly name: string
  readonly timeout: number
  run(): void | Promise<void>
}

/** See the head of this file. */
export interface Lifecycle {
  /** From the first moment of the end. */
  readonly draining: boolean
  /** Resolves when all phases are over. Never rejects. */
  shutdown(reason: string): Promise<void>
  /** Ends at once what can be ended at once. */
  kill(): void
}

/** What the lifecycle works with. */
export interface LifecycleOptions {
  readonly clock: Clock
  readonly log: Log
  /** In their order. */
  readonly phases: readonly Phase[]
}

/** The end of a process, not yet begun. */
export function createLifecycle({ clock, log, phases }: LifecycleOptions): Lifecycle {
  const killed = Promise.withResolvers<void>()
  let ended: Promise<void> | undefined
  const runPhases = async (reason: string) => {
    const started = clock.now()
    log.info({ reason }, 'shutting down')
    for (const phase of phases) await runPhase(phase, clock, log, killed.promise)
    log.info({ ms: clock.now() - started }, 'shut down')
  }
  return {
    get draining() {
      return ended !== undefined
    },
    shutdown: (reason) => {
      if (ended === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>()
        // Before the first phase, so that it already sees the drain.
        ended = promise
        void runPhases(reason).then(resolve)
      }
      return ended
    },
    kill: () => killed.resolve(),
  }
}

async function runPhase({ name, timeout, run }: Phase, clock: Clock, log: Log, killed: Promise<void>): Promise<void> {
  const late = () => new PolisError('TIMEOUT', `it did not end within ${timeout} ms`)
  try {
    await Promise.race([within(clock, timeout, Promise.try(run), late), killed])
  } catch (reason) {
    const error = PolisError.from(reason)
    log.warn({ phase: name, error }, `${name}: ${error.message}; going on without it`)
  }
}
