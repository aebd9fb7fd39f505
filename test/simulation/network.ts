/**
 * The way between a process and the store: a connection that delays, loses and breaks.
 *
 * Role: makes of the store in the middle one that is far away. Boundary: knows the ports, not what they mean.
 * Invariants:
 * 1. What is sent over one connection arrives in the order in which it was sent.
 * 2. A call without an answer rejects with STORE_UNAVAILABLE within `PATIENCE`; it may have been done all the same.
 * 3. Nothing reaches a process that is dead, and nothing reaches one that is stopped before it goes on.
 */
import { PolisError } from '../../src/core/error.ts'
import type { Store } from '../../src/store/store.ts'
import type { Stage } from './stage.ts'

/** How long an answer is waited for (ms). */
const PATIENCE = 400

/** The state of a process and of its connection. */
export interface Line {
  dead: boolean
  /** Until when it is stopped, as SIGSTOP does (ms). */
  stoppedUntil: number
  /** Until when nothing gets through (ms). */
  cutUntil: number
}

/** A line that works. */
export function openLine(): Line {
  return { dead: false, stoppedUntil: 0, cutUntil: 0 }
}

/** Calls what lies beyond the network. */
export type Caller = <T>(beyond: () => Promise<T>) => Promise<T>

/** Calls over a line. */
export function createCaller(stage: Stage, line: Line): Caller {
  let lastThere = 0
  let lastBack = 0
  const { clock } = stage
  const isCut = () => line.cutUntil > clock.now()
  return (beyond) =>
    new Promise((resolve, reject) => {
      if (line.dead) return
      const settle = onceAlive(stage, line)
      const giveUp = () => settle(() => reject(new PolisError('STORE_UNAVAILABLE', 'No answer from the store')))
      const spare = clock.setTimer(clock.now() + PATIENCE, giveUp)
      lastThere = Math.max(lastThere, clock.now() + delay(stage))
      clock.setTimer(lastThere, () => {
        // What left a process that died since is on its way all the same.
        if (isCut() || stage.chance(0.003)) return
        const answer = (act: () => void) => {
          lastBack = Math.max(lastBack, clock.now() + delay(stage))
          clock.setTimer(lastBack, () => {
            if (isCut() || stage.chance(0.003)) return
            spare()
            settle(act)
          })
        }
        beyond().then(
          (value) => answer(() => resolve(value)),
          (reason) => answer(() => reject(reason)),
        )
      })
    })
}

/** Has something done by a process: not before it goes on, and never once it is dead. */
export function whenRunning({ clock }: Pick<Stage, 'clock'>, line: Line, act: () => void): void {
  if (line.dead) return
  if (line.stoppedUntil <= clock.now()) return act()
  clock.setTimer(line.stoppedUntil, () => whenRunning({ clock }, line, act))
}

function onceAlive(stage: Stage, line: Line): (act: () => void) => void {
  let settled = false
  return (act) =>
    whenRunning(stage, line, () => {
      if (settled) return
      settled = true
      act()
    })
}

function delay(stage: Stage): number {
  return stage.chance(0.02) ? 20 + stage.below(300) : 0.1 + stage.random.next() * 2
}

/** The store as a process has it. Its leases are those of the store in the middle. */
export function distantStore(store: Store, call: Caller, stage: Stage, line: Line): Store {
  const far = <P extends object>(port: P): P =>
    new Proxy(port, {
      get: (target, name) => {
        const operation = Reflect.get(target, name)
        if (typeof operation !== 'function' || name === 'watch') return operation
        return (...given: unknown[]) => call(async () => operation.apply(target, given))
      },
    })
  return {
    ...store,
    journal: {
      ...far(store.journal),
      watch: (listener) =>
        store.journal.watch((runs, quiet) => {
          if (line.cutUntil > stage.clock.now() || stage.chance(0.05)) return
          stage.after(delay(stage), () => whenRunning(stage, line, () => listener(runs, quiet)))
        }),
    },
    index: far(store.index),
    coordination: far(store.coordination),
    blob: far(store.blob),
    close: async () => {},
  }
}
