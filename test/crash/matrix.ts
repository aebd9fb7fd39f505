import { type Random, seededRandom } from '../../src/core/random.ts'
import { BOUNDARY_NAMES, type Boundary } from './boundary.ts'
import type { CasePlan } from './case.ts'

/** What is known of the workload from having executed it without a crash. */
export interface Reference {
  readonly counts: Readonly<Partial<Record<Boundary, number>>>
  readonly milliseconds: number
}

/** One point of the matrix. */
export interface Point {
  readonly index: number
  readonly plan: CasePlan
}

/** What may be asked for: which boundaries, or which one point. */
export interface Selection {
  readonly seed: number
  readonly points: number
  /** A point's number, or a boundary. */
  readonly only?: string
}

/** The points of a run of the suite: the boundaries in turn, each at a random passage. The same seed gives the same points. */
export function pointsOf({ seed, points, only }: Selection, reference: Reference): readonly Point[] {
  const all = Array.from({ length: points }, (_, index) => ({ index, plan: planOf(seed, index, reference) }))
  if (only === undefined) return all
  return all.filter(({ index, plan }) => String(index) === only || plan.kills[0]?.boundary === only)
}

function planOf(seed: number, index: number, reference: Reference): CasePlan {
  const random = seededRandom(seed * 1_000_003 + index)
  const workers = random.next() < 0.3 ? 2 : 1
  const durability = random.next() < 0.25 ? 'disk' : 'process'
  const first = BOUNDARY_NAMES[index % BOUNDARY_NAMES.length] ?? 'random'
  const kills = [killAt(random, first, workers, reference)]
  if (random.next() < 0.5) kills.push(killAt(random, pick(random, BOUNDARY_NAMES), 2, reference))
  return { seed: seed + index, workers, durability, kills }
}

function killAt(random: Random, boundary: Boundary, share: number, { counts, milliseconds }: Reference) {
  // Not the last passages, which a case that takes another turn may not reach.
  const passages = Math.max(1, Math.floor(((counts[boundary] ?? 1) * 0.8) / share))
  return {
    boundary,
    nth: 1 + Math.floor(random.next() * passages),
    microseconds: Math.floor(random.next() ** 2 * 3000),
    after: 20 + random.next() * milliseconds * 0.4,
  }
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random.next() * list.length)] as T
}
