import type { Clock } from '../../../core/clock.ts'

/** Those who wait for something; they look again whenever they are told, in the order in which they came. */
export interface Waiting {
  /** Resolves with what `get` gives as soon as it gives something, or with undefined when `until` (ms by the clock) has passed. */
  when<Thing>(until: number, get: () => Thing | undefined): Promise<Thing | undefined>
  tell(): void
}

/** Nobody waits yet. */
export function createWaiting(clock: Clock): Waiting {
  const waiting = new Set<() => void>()
  return {
    tell: () => {
      for (const look of [...waiting]) look()
    },
    when: (until, get) =>
      new Promise((resolve) => {
        const done = (thing: ReturnType<typeof get>) => {
          waiting.delete(look)
          stop()
          resolve(thing)
        }
        const look = () => {
          const thing = get()
          if (thing !== undefined) done(thing)
        }
        const stop = clock.setTimer(until, () => done(undefined))
        waiting.add(look)
        look()
      }),
  }
}
