import type { CommitHint } from '../store/sqlite/notice.ts'

/** Tells the store's connections in the other threads of this process of commits. Close it with its store. */
export function createCommitHint(path: string): CommitHint & { close(): void } {
  const channel = new BroadcastChannel(`polis-store ${path}`)
  const listeners = new Set<() => void>()
  // The name keeps stores apart; what a message says does not matter.
  channel.onmessage = () => {
    for (const heard of listeners) heard()
  }
  unref(channel)
  return {
    post: () => channel.postMessage(0),
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
