import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { CoordinationPort } from '../../store/coordination.ts'

/** What a reaper works with. */
export interface ReaperOptions {
  readonly coordination: Pick<CoordinationPort, 'lease' | 'reap'>
  readonly clock: Clock
  readonly random: Random
  /** Milliseconds. */
  readonly heartbeat: number
  /** Told after each look how many runs were queued. */
  readonly looked: (runs: number) => void
  readonly failed: (reason: unknown) => void
}

/** Has the store look for workers that died, and queue what they held, again and again. */
export interface Reaper {
  start(): void
  stop(): void
}

/** A lock is looked at for nothing, and so at least this often (ms). */
const LOCK_POLL = 500

/** A reaper that does not look yet. */
export function createReaper(options: ReaperOptions): Reaper {
  const { coordination, clock, looked, failed } = options
  let stopped = false
  let cancel = () => {}
  const look = (delay: number) => {
    cancel = clock.setTimer(clock.now() + delay, async () => {
      try {
        looked(await coordination.reap())
      } catch (reason) {
        failed(reason)
      }
      if (!stopped) look(delayOf(options))
    })
  }
  return {
    start: () => look(0),
    stop() {
      stopped = true
      cancel()
    },
  }
}

// A store that many workers ask is asked seldom, and not by all at once. A lease of one and a half heartbeats and this are less than
// two (G6).
function delayOf({ coordination, heartbeat, random }: ReaperOptions): number {
  const longest = heartbeat / 3
  return coordination.lease === 'lock' ? Math.min(longest, LOCK_POLL) : longest * (0.75 + random.next() / 4)
}
