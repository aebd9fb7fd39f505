import { seededRandom } from '../../../src/core/random.ts'
import type { Fault } from './fault.ts'

/** One blow. */
export interface Strike {
  /** Milliseconds since the start, or since the world was whole again after the one before. */
  readonly after: number
  /** How long it lasts, where that is not up to others (ms). */
  readonly lasts: number
  /** Which worker, by its place in the list of those that live. */
  readonly victim: number
}

/** What one case does. */
export interface FaultPlan {
  readonly fault: Fault
  readonly seed: number
  readonly workers: number
  /** Each submits the whole workload, one `stagger` milliseconds after the other. */
  readonly tenants: number
  readonly stagger: number
  readonly strikes: readonly Strike[]
}

/** How much a case does. */
export interface Size {
  readonly tenants: number
  readonly strikes: number
}

/** Heartbeat of the workers of the suite (ms). */
export const HEARTBEAT = 200

// The memory is looked at each second: some must come later than that.
const STAGGER = 300
const STAGGER_FULL = 800
// The third death without progress makes a run a dead letter.
const MOST: Readonly<Partial<Record<Fault, number>>> = { 'memory-full': 1, 'worker-killed': 2 }
// A lease ends after one and a half heartbeats; a pause of less is none.
const LEASE = 1.5 * HEARTBEAT

/** The plan of a case: the same for the same seed. */
export function planOf(fault: Fault, seed: number, { tenants, strikes: count }: Size): FaultPlan {
  const random = seededRandom(seed)
  const workers = 2 + Math.floor(random.next() * 2)
  // Some must still want to submit while the memory is full.
  const stagger = fault === 'memory-full' ? STAGGER_FULL : STAGGER
  const span = ((tenants * stagger) / count) * (fault === 'memory-full' ? 0.3 : 1)
  const strikes = Array.from({ length: Math.min(count, MOST[fault] ?? count) }, () => ({
    after: 50 + random.next() * span,
    lasts: lastsOf(fault, random.next()),
    victim: Math.floor(random.next() * workers),
  }))
  return { fault, seed, workers, tenants, stagger, strikes }
}

function lastsOf(fault: Fault, share: number): number {
  // Some wake up while another worker is about to take their runs, some long after.
  if (fault === 'worker-paused' || fault === 'link-cut') return LEASE * (1 + share * share * 4)
  return fault === 'redis-restarted' ? share * 1000 : 0
}
