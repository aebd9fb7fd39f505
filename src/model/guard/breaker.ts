/**
 * Role: keeps calls from a provider that fails, and lets it come back.
 * Boundary: it is told how each call ended, and says whether the next may go; it waits for nothing.
 * Invariants:
 * 1. Closed: every call goes. So many failures in a row open it.
 * 2. Open: no call goes until the cooldown is over.
 * 3. Half open: one call goes, the others do not until it has ended; its success closes the breaker, its failure opens it again.
 * 4. A call that ended without telling anything of the provider (cancelled, refused, limited) changes nothing but the turn in 3.
 */
import type { Clock } from '../../core/clock.ts'

/** How a call ended, as far as the provider's health goes. */
export type Health = 'good' | 'bad' | 'unknown'

/** The breaker of one provider. */
export interface Breaker {
  /** Milliseconds until a call may go; 0: now. */
  wait(): number
  /** A call goes. Returns what must be told how it ended, once. */
  enter(): (health: Health) => void
}

/** How a breaker behaves; `cooldown` in milliseconds. */
export interface BreakerOptions {
  readonly failures: number
  readonly cooldown: number
  readonly clock: Clock
}

/** A closed breaker. */
export function createBreaker({ failures, cooldown, clock }: BreakerOptions): Breaker {
  let inRow = 0
  let openUntil = 0
  let trial = false
  const isOpen = () => inRow >= failures
  return {
    wait() {
      if (!isOpen()) return 0
      // While one is on trial, nobody knows when it ends: the others come again soon.
      if (trial) return Math.max(openUntil - clock.now(), Math.ceil(cooldown / 10))
      return Math.max(0, openUntil - clock.now())
    },
    enter() {
      const onTrial = isOpen()
      trial ||= onTrial
      return (health) => {
        if (onTrial) trial = false
        if (health === 'good') inRow = 0
        if (health !== 'bad') return
        inRow += 1
        if (isOpen()) openUntil = clock.now() + cooldown
      }
    },
  }
}
