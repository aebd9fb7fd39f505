import type { Clock } from '../../core/clock.ts'

/** How much may come: `burst` at once, then `perSecond`. */
export interface RateLimit {
  readonly burst: number
  readonly perSecond: number
}

/** Counts what comes against a limit. */
export interface Rate {
  /** Counts so much more; gives the milliseconds after which the limit is kept again, 0 when it is kept now. */
  add(amount: number): number
}

/** A rate of which nothing has come yet. */
export function createRate(clock: Clock, { burst, perSecond }: RateLimit): Rate {
  let left = burst
  let since = clock.now()
  return {
    add: (amount) => {
      const now = clock.now()
      left = Math.min(burst, left + ((now - since) / 1000) * perSecond) - amount
      since = now
      return left >= 0 ? 0 : Math.ceil((-left / perSecond) * 1000)
    },
  }
}
