import type { Clock } from '../../core/clock.ts'

const MINUTE = 60_000

/** So much a minute, flowing in evenly; it begins full, and may go below zero when more was used than was thought. */
export interface Bucket {
  /** Milliseconds until so much may be taken; more than it ever holds may be taken when it is full. */
  wait(amount: number): number
  /** Takes, or with a negative amount gives back. */
  take(amount: number): void
}

/** A full bucket; one without a limit never lets anyone wait. */
export function createBucket(perMinute: number | undefined, clock: Clock): Bucket {
  if (perMinute === undefined) return { wait: () => 0, take: () => {} }
  let level = perMinute
  let at = clock.now()
  const flow = () => {
    const now = clock.now()
    level = Math.min(perMinute, level + (Math.max(0, now - at) * perMinute) / MINUTE)
    at = now
  }
  return {
    wait(amount) {
      flow()
      const missing = Math.min(amount, perMinute) - level
      return missing <= 0 ? 0 : Math.ceil((missing * MINUTE) / perMinute)
    },
    take(amount) {
      flow()
      level = Math.min(perMinute, level - amount)
    },
  }
}
