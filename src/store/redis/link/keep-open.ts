import type { Clock } from '../../../core/clock.ts'
import { PolisError } from '../../../core/error.ts'
import type { Random } from '../../../core/random.ts'
import { pause } from './pause.ts'
import { createWaiting } from './waiting.ts'

/**
 * Keeps one thing open: opens it again whenever it is gone, for as long as it takes.
 *
 * 1. At most one is open, and `current` never gives one that is known to be gone.
 * 2. Whoever waits gets the next one that opens, in the order of asking, or why there was none.
 * 3. After `close` nothing is open, and nothing opens.
 */
export interface KeptOpen<Thing> {
  current(): Thing | undefined
  /** The open one, or the next, for which it waits until `until` (ms by the clock); rejects with why there is none. */
  next(until: number): Promise<Thing>
  /** Why none is open; undefined while one is. */
  missing(): PolisError | undefined
  /** Leaves the one that is open, if it is this one, for the reason given, and opens another. */
  leave(thing: Thing, why: PolisError): void
  close(): void
}

/** What can be kept open. */
export interface Lasting {
  isGone(): boolean
  /** Resolves with why, once it is gone. */
  readonly gone: Promise<PolisError>
  close(): void
}

export interface KeepOpenOptions<Thing extends Lasting> {
  readonly open: (signal: AbortSignal) => Promise<Thing>
  /** Told whenever one opens, is gone, or could not be opened (`missing` says why). */
  readonly changed: (thing: Thing | undefined, missing: PolisError | undefined) => void
  readonly clock: Clock
  readonly random: Random
}

const FIRST_DELAY = 20
const LONGEST_DELAY = 1000

/** Begins to keep one open. */
export function keepOpen<Thing extends Lasting>(options: KeepOpenOptions<Thing>): KeptOpen<Thing> {
  const { open, changed, clock, random } = options
  const ending = new AbortController()
  const waiting = createWaiting(clock)
  let opened: Thing | undefined
  let missing: PolisError | undefined = new PolisError('STORE_UNAVAILABLE', 'Redis is not connected yet')
  const set = (thing: Thing | undefined, why: PolisError | undefined) => {
    opened = thing
    missing = why
    changed(thing, why)
    waiting.tell()
  }
  const run = async () => {
    for (let failures = 0; !ending.signal.aborted; ) {
      try {
        const thing = await open(ending.signal)
        failures = 0
        if (ending.signal.aborted) return thing.close()
        set(thing, undefined)
        const why = await thing.gone
        if (opened === thing) set(undefined, why)
      } catch (reason) {
        failures++
        set(undefined, PolisError.from(reason))
      }
      await pause(clock, delayAfter(failures, random), ending.signal)
    }
  }
  void run()
  const current = () => (opened?.isGone() === true ? undefined : opened)
  return {
    current,
    missing: () => missing,
    next: async (until) => {
      const thing = current() ?? (await waiting.when(until, () => (ending.signal.aborted ? 'closed' : current())))
      if (thing === undefined || thing === 'closed') throw missing ?? closed()
      return thing
    },
    leave: (thing, why) => {
      if (opened === thing) set(undefined, why)
      thing.close()
    },
    close: () => {
      ending.abort()
      missing = closed()
      opened?.close()
      opened = undefined
      waiting.tell()
    },
  }
}

function delayAfter(failures: number, random: Random): number {
  return Math.min(FIRST_DELAY * 2 ** failures, LONGEST_DELAY) * (0.5 + random.next() / 2)
}

function closed(): PolisError {
  return new PolisError('STORE_UNAVAILABLE', 'The connection to Redis was closed')
}
