import { type Random, seededRandom } from '../core/random.ts'
import type { Measure } from './result.ts'

/** The mean of some values and their standard deviation (that of a sample, from two values on). */
export function measure(values: readonly number[]): Measure {
  if (values.length === 0) return {}
  const mean = meanOf(values)
  if (values.length === 1) return { mean }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, spread: Math.sqrt(squares / (values.length - 1)) }
}

/** The mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The interval that holds the mean difference with 95 %, by bootstrap over pairs. The same differences give the same interval. */
export function confidence(differences: readonly number[]): readonly [low: number, high: number] {
  const random = seededRandom(differences.length)
  const means = Array.from({ length: SAMPLES }, () => resample(differences, random)).sort((a, b) => a - b)
  return [means[Math.floor(SAMPLES * 0.025)] ?? 0, means[Math.ceil(SAMPLES * 0.975) - 1] ?? 0]
}

/** Of as many fair coins as differences, zero left out: how likely are sides at least as unequal as these (both ways)? */
export function signTest(differences: readonly number[]): number {
  const up = differences.filter((it) => it > 0).length
  const down = differences.filter((it) => it < 0).length
  const count = up + down
  if (count === 0) return 1
  let tail = 0
  // In logarithms, since half to the power of thousands is no number.
  for (let k = 0; k <= Math.min(up, down); k++) tail += Math.exp(logChoose(count, k) - count * Math.LN2)
  return Math.min(1, 2 * tail)
}

const SAMPLES = 4000

function resample(values: readonly number[], random: Random): number {
  let sum = 0
  for (let left = values.length; left > 0; left--) sum += values[Math.floor(random.next() * values.length)] ?? 0
  return sum / values.length
}

function logChoose(n: number, k: number): number {
  let sum = 0
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i)
  return sum
}
