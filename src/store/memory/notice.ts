/** Tells listeners of commits, at most once an event-loop turn. */
export interface Notice {
  /** Runs changed by this store; undefined when another store of the state committed something. */
  tell(runs: ReadonlySet<string> | undefined): void
  watch(listener: Listener): () => void
  /** Tells nobody any more. */
  stop(): void
}

type Listener = (runs: ReadonlySet<string> | undefined) => void

/** Makes the notice of one store. */
export function createNotice(): Notice {
  const listeners = new Set<Listener>()
  let runs: Set<string> | undefined = new Set()
  let armed: NodeJS.Immediate | undefined
  const call = () => {
    const news = runs
    runs = new Set()
    armed = undefined
    for (const listener of [...listeners]) listener(news)
  }
  return {
    tell: (changed) => {
      if (changed?.size === 0 || listeners.size === 0) return
      runs = changed === undefined ? undefined : runs?.union(changed)
      armed ??= setImmediate(call)
    },
    watch: (listener) => {
      // A listener of its own each time, so that watching twice with one function is two watches.
      const own: Listener = (news) => listener(news)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    stop: () => {
      clearImmediate(armed)
      listeners.clear()
    },
  }
}
