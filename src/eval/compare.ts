import type { Comparison, Flip } from './comparison.ts'
import { type CaseResult, type EvalResult, PASS } from './result.ts'
import { confidence, meanOf, signTest } from './statistics.ts'

/** Fewer common cases than this tell nothing by resampling: the plain difference is then taken as it is. */
export const FEWEST = 5

/** Compares two results of one eval; undefined where they have no scored case in common. */
export function compare(before: EvalResult, after: EvalResult): Comparison | undefined {
  const old = new Map(before.cases.map((it) => [it.key, it]))
  const pairs = after.cases.flatMap((now) => pairOf(old.get(now.key), now))
  if (pairs.length === 0) return undefined
  const differences = pairs.map((pair) => pair.after - pair.before)
  const [low, high] = confidence(differences)
  const difference = meanOf(differences)
  return {
    cases: pairs.length,
    missing: before.cases.length - pairs.length,
    added: after.cases.length - pairs.length,
    before: meanOf(pairs.map((pair) => pair.before)),
    after: meanOf(pairs.map((pair) => pair.after)),
    difference,
    low,
    high,
    chance: signTest(differences),
    change: changeOf(differences, difference, low, high),
    flipped: pairs.filter((pair) => pair.before >= PASS !== pair.after >= PASS),
  }
}

function pairOf(before: CaseResult | undefined, after: CaseResult): readonly Flip[] {
  if (before?.mean === undefined || after.mean === undefined) return []
  return [{ key: after.key, name: after.name, before: before.mean, after: after.mean }]
}

function changeOf(differences: readonly number[], difference: number, low: number, high: number): Comparison['change'] {
  if (differences.length < FEWEST) return difference === 0 ? 'none' : difference > 0 ? 'better' : 'worse'
  if (low > 0) return 'better'
  return high < 0 ? 'worse' : 'none'
}
