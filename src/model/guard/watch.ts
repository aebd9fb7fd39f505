import type { Clock } from '../../core/clock.ts'
import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'

/** How long a call may take, in milliseconds. */
export interface Timeouts {
  readonly total: number
  readonly firstToken: number
  readonly betweenTokens: number
}

/** A call that is watched. */
export interface Watch extends Disposable {
  /** Aborted by the caller, or when it takes too long. */
  readonly signal: AbortSignal
  /** To be called at each sign of life; `token`: it is a piece of the answer. */
  readonly onLife: (token: boolean) => void
  /** ms since the epoch of the first piece of the answer. */
  firstToken(): number | undefined
  /** Which limit ended it. */
  expired(): keyof Timeouts | undefined
}

/** What a watch needs. */
export interface WatchOptions {
  readonly timeouts: Timeouts
  readonly signal: AbortSignal
  readonly streaming: boolean
  readonly clock: Clock
}

/** Begins to watch a call; dispose of it once the call is over. Limits of tokens hold for streamed answers only. */
export function startWatch({ timeouts, signal, streaming, clock }: WatchOptions): Watch {
  const controller = new AbortController()
  let expired: keyof Timeouts | undefined
  let first: number | undefined
  const expire = (limit: keyof Timeouts) => () => {
    if (controller.signal.aborted) return
    expired = limit
    controller.abort(new PolisError('MODEL_TIMEOUT', `No answer within ${formatDuration(timeouts[limit])}`))
  }
  const follow = () => controller.abort(signal.reason)
  const start = clock.now()
  const cancelTotal = clock.setTimer(start + timeouts.total, expire('total'))
  let cancelNext = streaming ? clock.setTimer(start + timeouts.firstToken, expire('firstToken')) : () => {}
  if (signal.aborted) follow()
  signal.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    onLife(token) {
      if (token) first ??= clock.now()
      if (first === undefined || !streaming) return
      cancelNext()
      cancelNext = clock.setTimer(clock.now() + timeouts.betweenTokens, expire('betweenTokens'))
    },
    firstToken: () => first,
    expired: () => expired,
    [Symbol.dispose]() {
      cancelTotal()
      cancelNext()
      signal.removeEventListener('abort', follow)
    },
  }
}
