import type { Store } from '../../store/store.ts'

/** Tells those who wait for a run that something of it changed; one subscription to the store for all of them. */
export interface Changes {
  /**
   * Calls back after changes of that run (or session, by its topic), or when anything may have changed, until the returned function is called; `quiet` when
   * nothing is new but entries of a run that goes on.
   */
  on(run: string, listener: (quiet: boolean) => void): () => void
}

/** The changes of a store, watched only while somebody listens. */
export function createChanges(store: Store): Changes {
  const listeners = new Map<string, Set<(quiet: boolean) => void>>()
  let unwatch: (() => void) | undefined
  const tell = (runs: ReadonlySet<string> | undefined, quiet: ReadonlySet<string>) => {
    for (const run of runs ?? [...listeners.keys()])
      for (const listener of listeners.get(run) ?? []) listener(quiet.has(run))
  }
  return {
    on(run, listener) {
      unwatch ??= store.journal.watch(tell)
      const set = listeners.get(run) ?? new Set()
      listeners.set(run, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && listeners.get(run) === set) listeners.delete(run)
        if (listeners.size > 0) return
        unwatch?.()
        unwatch = undefined
      }
    },
  }
}
