/**
 * A worker's lease in the store.
 *
 * Role: takes the lease, and another one when it was lost. Boundary: it knows no runs; who holds some is told.
 * Invariants:
 * 1. Each lease has an id of its own. One that was lost is not used again, so that no late answer to it is taken for a present one.
 * 2. `onLost` is called before another lease is taken, and `onHeld` once it is.
 */
import { hostname } from 'node:os'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Ids } from '../../core/id.ts'
import type { Random } from '../../core/random.ts'
import type { CoordinationPort } from '../../store/coordination.ts'
import { createBackoff } from '../backoff.ts'

/** See the head of this file. */
export interface Registration {
  /** Of the lease that is held, or is being taken. */
  readonly id: string
  readonly isHeld: boolean
  /** Takes the first lease; rejects with why the store does not give it. */
  open(): Promise<void>
  /** Gives the lease back, and takes none any more. */
  close(): Promise<void>
}

/** What a registration is made with. */
export interface RegistrationOptions {
  /** Of the first lease. */
  readonly id: string
  readonly coordination: CoordinationPort
  readonly releases: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly onLost: (id: string) => void
  readonly onHeld: () => void
  /** Told why another lease could not be taken yet. */
  readonly report: (error: PolisError) => void
}

interface State {
  id: string
  held: boolean
  closed: boolean
  cancel: () => void
}

/** A registration that is not open yet. */
export function createRegistration(options: RegistrationOptions): Registration {
  const state: State = { id: options.id, held: false, closed: false, cancel: () => {} }
  return {
    get id() {
      return state.id
    },
    get isHeld() {
      return state.held
    },
    open: () => register(options, state),
    async close() {
      state.closed = true
      state.cancel()
      if (!state.held) return
      state.held = false
      await options.coordination.unregister(state.id)
    },
  }
}

async function register(options: RegistrationOptions, state: State): Promise<void> {
  const { coordination, releases, clock } = options
  const { id } = state
  const worker = { worker: id, host: hostname(), pid: process.pid, startedAt: clock.now(), draining: false, releases }
  await coordination.register(worker, () => lose(options, state, id))
  if (state.id === id) state.held = true
}

function lose(options: RegistrationOptions, state: State, id: string): void {
  if (state.closed || state.id !== id) return
  state.held = false
  options.onLost(id)
  state.id = options.ids.worker()
  void registerAgain(options, state)
}

// The store may be away for longer than the lease was.
async function registerAgain(options: RegistrationOptions, state: State): Promise<void> {
  const { clock, onHeld, report } = options
  const { id } = state
  const backoff = createBackoff(options.random)
  for (; !state.closed && state.id === id; await pause(clock, backoff.next(), state)) {
    try {
      await register(options, state)
      return state.closed ? await options.coordination.unregister(id) : onHeld()
    } catch (reason) {
      report(PolisError.from(reason))
    }
  }
}

function pause(clock: Clock, milliseconds: number, state: State): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(clock.now() + milliseconds, resolve)
    state.cancel = () => {
      cancel()
      resolve()
    }
  })
}
