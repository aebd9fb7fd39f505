/**
 * Looks for workers that died.
 *
 * Role: has the store queue what they held, again and again. Boundary: the store says who is dead; this says when it is asked.
 * Invariants:
 * 1. Where leases are times, nobody is taken for dead before this process has heard from the store, without a gap, for as long as a
 *    lease lasts. When the store was away for everybody, or this process was paused with it, the living renew their leases first.
 * 2. A dead worker's runs are queued within two heartbeats of its death (G6): one and a half for its lease, less than a half for this.
 */
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { Store } from '../../store/store.ts'

/** What a reaper works with. */
export interface ReaperOptions {
  readonly store: Pick<Store, 'coordination' | 'ping'>
  readonly clock: Clock
  readonly random: Random
  /** Milliseconds. */
  readonly heartbeat: number
  /** Told after each look how many runs were queued. */
  readonly looked: (runs: number) => void
  readonly failed: (reason: unknown) => void
}

/** See the head of this file. */
export interface Reaper {
  start(): void
  stop(): void
}

/** A lock is looked at for nothing, and so at least this often (ms). */
const LOCK_POLL = 500

interface State {
  /** Since when the store has answered each time, and in time (ms). */
  heardSince: number | undefined
  stopped: boolean
  cancel: () => void
}

/** A reaper that does not look yet. */
export function createReaper(options: ReaperOptions): Reaper {
  const state: State = { heardSince: undefined, stopped: false, cancel: () => {} }
  return {
    start: () => lookAt(options, state, options.clock.now()),
    stop() {
      state.stopped = true
      state.cancel()
    },
  }
}

function lookAt(options: ReaperOptions, state: State, at: number): void {
  const { clock, heartbeat } = options
  state.cancel = clock.setTimer(at, async () => {
    const now = clock.now()
    // Whoever was paused missed what others said meanwhile.
    if (now - at > heartbeat / 3) state.heardSince = undefined
    try {
      const runs = await look(options, state, now)
      state.heardSince ??= now
      options.looked(runs)
    } catch (reason) {
      state.heardSince = undefined
      options.failed(reason)
    }
    if (!state.stopped) lookAt(options, state, clock.now() + delayOf(options))
  })
}

async function look({ store, heartbeat }: ReaperOptions, { heardSince }: State, now: number): Promise<number> {
  const isSure = heardSince !== undefined && now - heardSince >= heartbeat * 1.5
  if (store.coordination.lease === 'lock' || isSure) return store.coordination.reap()
  await store.ping()
  return 0
}

// A store that many workers ask is asked seldom, and not by all at once.
function delayOf({ store, heartbeat, random }: ReaperOptions): number {
  const longest = heartbeat / 3
  return store.coordination.lease === 'lock' ? Math.min(longest, LOCK_POLL) : longest * (0.75 + random.next() / 4)
}
