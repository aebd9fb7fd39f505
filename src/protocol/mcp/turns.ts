/** Those who wait for a connection, first come first served. */
export interface Turns<Conn> {
  /** Resolves with a connection, or rejects with the signal's reason as soon as that is aborted. */
  wait(signal: AbortSignal): Promise<Conn>
  /** Gives the first one its connection. */
  serve(connection: Conn): void
  /** Tells all that there is none. */
  failAll(reason: unknown): void
  size(): number
}

/** Turns that nobody waits for. */
export function createTurns<Conn>(): Turns<Conn> {
  const waiting = new Set<PromiseWithResolvers<Conn>>()
  return {
    wait: async (signal) => {
      signal.throwIfAborted()
      const turn = Promise.withResolvers<Conn>()
      // Once it has been served it is waited for no more, and takes its connection whatever happens.
      const abort = () => waiting.delete(turn) && turn.reject(signal.reason)
      waiting.add(turn)
      signal.addEventListener('abort', abort, { once: true })
      return turn.promise.finally(() => signal.removeEventListener('abort', abort))
    },
    serve: (connection) => {
      const [first] = waiting
      if (first === undefined) return
      waiting.delete(first)
      first.resolve(connection)
    },
    failAll: (reason) => {
      for (const turn of waiting) turn.reject(reason)
      waiting.clear()
    },
    size: () => waiting.size,
  }
}
