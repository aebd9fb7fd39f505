/**
 * The event loop and the time of a simulation.
 *
 * Role: nothing happens by itself. What the event loop has to do is done until nothing is left, then time jumps to the next timer.
 * Boundary: knows clocks and turns, nothing of stores or runs.
 * Invariants:
 * 1. All randomness comes from one seed and all time from one clock, so that a seed repeats a schedule exactly.
 * 2. Timers of one time fire one by one, each followed by everything that it sets off.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { type ManualClock, manualClock } from '../../src/core/manual-clock.ts'
import { type Random, seededRandom } from '../../src/core/random.ts'

/** Where a schedule is played. */
export interface Stage {
  readonly clock: ManualClock
  readonly random: Random
  /** A whole number from 0 up to, but not including, that. */
  below(count: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** Calls back after so many milliseconds. */
  after(milliseconds: number, act: () => void): void
  /** Lets time pass until `over` or until so many milliseconds have passed; answers whether it was over. */
  play(milliseconds: number, over: () => boolean): Promise<boolean>
}

/** An empty stage. */
export function createStage(seed: number): Stage {
  const clock = manualClock()
  const random = seededRandom(seed)
  const below = (count: number) => Math.floor(random.next() * count)
  return {
    clock,
    random,
    below,
    chance: (probability) => random.next() < probability,
    pick: (list) => {
      const item = list[below(list.length)]
      if (item === undefined) throw new Error('Nothing to pick from')
      return item
    },
    after: (milliseconds, act) => void clock.setTimer(clock.now() + milliseconds, act),
    async play(milliseconds, over) {
      const end = clock.now() + milliseconds
      for (;;) {
        await settle()
        if (over()) return true
        const next = clock.nextTimer()
        if (next === undefined || next > end) return false
        clock.advanceTo(next)
      }
    },
  }
}

// Until no turn of the event loop is asked for any more. Engine and store ask for theirs by setImmediate.
async function settle(): Promise<void> {
  do await turn()
  while (process.getActiveResourcesInfo().includes('Immediate'))
}
