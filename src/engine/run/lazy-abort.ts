/** An abort whose signal is made when somebody looks at it: most code never does. */
export interface LazyAbort {
  readonly signal: AbortSignal
  readonly aborted: boolean
  readonly reason: unknown
  /** Only the first one counts. */
  abort(reason?: unknown): void
}

/** An abort that has not happened. */
export function createLazyAbort(): LazyAbort {
  let controller: AbortController | undefined
  let aborted = false
  let reason: unknown
  return {
    get signal() {
      controller ??= new AbortController()
      if (aborted) controller.abort(reason)
      return controller.signal
    },
    get aborted() {
      return aborted
    },
    get reason() {
      return reason
    },
    abort(why) {
      if (aborted) return
      aborted = true
      reason = why
      controller?.abort(why)
    },
  }
}
