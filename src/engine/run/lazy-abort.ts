/** An abort whose signal is made when somebody asks for it: most code never does. */
export interface LazyAbort {
  aborted: boolean
  reason: unknown
  controller: AbortController | undefined
}

/** An abort that has not happened. */
export function createLazyAbort(): LazyAbort {
  return { aborted: false, reason: undefined, controller: undefined }
}

/** Its signal, always the same. */
export function signalOf(lazy: LazyAbort): AbortSignal {
  lazy.controller ??= new AbortController()
  if (lazy.aborted) lazy.controller.abort(lazy.reason)
  return lazy.controller.signal
}

/** Has it happen; only the first time counts. */
export function abort(lazy: LazyAbort, reason?: unknown): void {
  if (lazy.aborted) return
  lazy.aborted = true
  lazy.reason = reason
  lazy.controller?.abort(reason)
}
