import type { PausableTimer } from '../../core/pausable-timer.ts'

/** The clock of one attempt, which may be held before it is known whether the attempt takes any time. */
export interface AttemptClock {
  readonly hold: PausableTimer['hold']
  /** The attempt does take time, and this limits it. */
  attach(timer: PausableTimer): void
}

/** A clock that does not run yet. */
export function createAttemptClock(): AttemptClock {
  let running: PausableTimer | undefined
  const early = new Set<{ release: () => void }>()
  return {
    hold: () => {
      if (running !== undefined) return running.hold()
      const held = { release: () => void early.delete(held) }
      early.add(held)
      return () => held.release()
    },
    attach: (timer) => {
      running = timer
      for (const held of early) held.release = timer.hold()
      early.clear()
    },
  }
}
