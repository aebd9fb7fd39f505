import { PolisError } from '../../core/error.ts'
import type { Judge, Scorer, ScorerFunction, Weighted } from '../evidence.ts'

/** Lets a scorer count so many times as much as one without a weight; 0 shows it and counts it nowhere. */
export function weighted<I, O, E>(weight: number, scorer: Scorer | Judge | ScorerFunction<I, O, E>): Weighted<I, O, E> {
  if (!(Number.isFinite(weight) && weight >= 0))
    throw new PolisError('INVALID_CONFIG', `weighted: expected a number from 0 up, got ${String(weight)}`)
  return Object.freeze({ kind: 'weighted', weight, scorer })
}
