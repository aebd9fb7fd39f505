import type { CommitHint } from '../store/sqlite/notice.ts'

interface Hint {
  readonly runs: readonly string[]
  readonly quiet: readonly string[]
}

/** Tells the store's connections in the other threads of this process of commits. Close it with its store. */
export function createCommitHint(path: string): CommitHint & { close(): void } {
  const channel = new BroadcastChannel(`polis-store ${path}`)
  const listeners = new Set<Parameters<CommitHint['listen']>[0]>()
  // The name keeps stores apart.
  channel.onmessage = ({ data }) => {
    const { runs, quiet } = data as Hint // Posted below.
    for (const heard of listeners) heard(new Set(runs), new Set(quiet))
  }
  unref(channel)
  return {
    post: (runs, quiet) => channel.postMessage({ runs: [...runs], quiet: [...quiet] } satisfies Hint),
    listen: (heard) => {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    close: () => channel.close(),
  }
}

// Node's own addition: hints must not keep a process alive.
function unref(channel: object): void {
  if ('unref' in channel && typeof channel.unref === 'function') channel.unref()
}
