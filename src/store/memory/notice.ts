import type { WatchListener } from '../journal.ts'

/** Tells listeners of commits, at most once an event-loop turn. */
export interface Notice {
  /** Runs changed by this store; undefined when another store of the state committed something. */
  tell(runs: ReadonlySet<string> | undefined): void
  watch(listener: WatchListener): () => void
  /** Tells nobody any more. */
  stop(): void
}

// The model does not tell progress from other changes: it takes everything for news.
const NONE: ReadonlySet<string> = new Set()

/** Makes the notice of one store. */
export function createNotice(): Notice {
  const listeners = new Set<WatchListener>()
  let runs: Set<string> | undefined = new Set()
  let armed: NodeJS.Immediate | undefined
  const call = () => {
    const news = runs
    runs = new Set()
    armed = undefined
    for (const listener of [...listeners]) listener(news, NONE)
  }
  return {
    tell: (changed) => {
      if (changed?.size === 0 || listeners.size === 0) return
      runs = changed === undefined ? undefined : runs?.union(changed)
      armed ??= setImmediate(call)
    },
    watch: (listener) => {
      // A listener of its own each time, so that watching twice with one function is two watches.
      const own: WatchListener = (news, quiet) => listener(news, quiet)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    stop: () => {
      clearImmediate(armed)
      listeners.clear()
    },
  }
}
