import type { Clock } from '../../core/clock.ts'
import type { Store } from '../../store/store.ts'

/** Tells those who wait for a run that something of it changed; one subscription to the store for all of them. */
export interface Changes {
  /**
   * Calls back after changes of that run (or session, by its topic), or when anything may have changed, until the returned function is called; `quiet` when
   * nothing is new but entries of a run that goes on.
   */
  on(run: string, listener: (quiet: boolean) => void): () => void
}

// What is announced over a network may be lost with who announced it: each second (ms) one part of the runs is looked at all the same.
const LOOK_EVERY = 1000
const PARTS = 15

/** The changes of a store, watched only while somebody listens. */
export function createChanges(store: Store, clock: Clock): Changes {
  const listeners = new Map<string, Set<(quiet: boolean) => void>>()
  let end: (() => void) | undefined
  const tell = (runs: ReadonlySet<string> | undefined, quiet: ReadonlySet<string>) => {
    for (const run of runs ?? [...listeners.keys()])
      for (const listener of listeners.get(run) ?? []) listener(quiet.has(run))
  }
  const begin = () => {
    const unwatch = store.journal.watch(tell)
    const stop = store.coordination.lease === 'time' ? lookAnyway(clock, listeners, tell) : () => {}
    return () => {
      unwatch()
      stop()
    }
  }
  return {
    on(run, listener) {
      end ??= begin()
      const set = listeners.get(run) ?? new Set()
      listeners.set(run, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && listeners.get(run) === set) listeners.delete(run)
        if (listeners.size > 0) return
        end?.()
        end = undefined
      }
    },
  }
}

function lookAnyway(
  clock: Clock,
  listeners: ReadonlyMap<string, unknown>,
  tell: (runs: ReadonlySet<string>, quiet: ReadonlySet<string>) => void,
): () => void {
  let cancel = () => {}
  const look = (part: number) => {
    cancel = clock.setTimer(clock.now() + LOOK_EVERY, () => {
      tell(new Set([...listeners.keys()].filter((_, index) => index % PARTS === part)), new Set())
      look((part + 1) % PARTS)
    })
  }
  look(0)
  return () => cancel()
}
