import type { WatchListener } from '../journal.ts'

/** Tells watchers of commits, at most once an event-loop turn. */
export interface Notice {
  /**
   * Runs that changed, those of them of which nothing is new but entries of their holder, and whether runs wait to be claimed; undefined:
   * it is not known.
   */
  tell(runs: Iterable<string> | undefined, quiet?: Iterable<string>, waiting?: boolean): void
  watch(listener: WatchListener): () => void
  /** Tells nobody any more. */
  stop(): void
}

/** Makes the notice of one store. */
export function createNotice(): Notice {
  const listeners = new Set<WatchListener>()
  let loud = new Set<string>()
  let calm = new Set<string>()
  let isUnknown = false
  let someWait = false
  let armed: NodeJS.Immediate | undefined
  const call = () => {
    const quiet = calm.difference(loud)
    const news = isUnknown ? undefined : loud.union(calm)
    const waiting = someWait
    armed = undefined
    isUnknown = false
    someWait = false
    loud = new Set()
    calm = new Set()
    for (const listener of [...listeners]) listener(news, quiet, waiting)
  }
  return {
    tell: (runs, quiet = [], waiting = true) => {
      if (listeners.size === 0) return
      for (const run of runs ?? []) loud.add(run)
      for (const run of quiet) calm.add(run)
      isUnknown ||= runs === undefined
      someWait ||= waiting
      if (isUnknown || loud.size > 0 || calm.size > 0) armed ??= setImmediate(call)
    },
    watch: (listener) => {
      // A listener of its own each time, so that watching twice with one function is two watches.
      const own: WatchListener = (...news) => listener(...news)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    stop: () => {
      clearImmediate(armed)
      listeners.clear()
    },
  }
}
