import { FEWEST } from './compare.ts'
import type { Comparison } from './comparison.ts'
import type { Plan } from './plan.ts'
import type { EvalResult, Verdict } from './result.ts'

/** Whether a result reaches its thresholds, and if not, which it misses. Pure. `missing`: the baseline asked for is not there. */
export function judge(result: EvalResult, { threshold, baseline }: Plan, missing: boolean): Verdict {
  // A filter left nothing: there is nothing to say of it.
  if (result.cases.length === 0) return { passed: true, failures: [] }
  const failures = [
    ...brokenScorers(result),
    ...missedMean(result),
    ...missedScorers(result),
    ...(missing ? [`there is no result of baseline ${baseline} to compare with`] : []),
    ...regressed(threshold.regression, result.baseline?.comparison),
  ]
  return { passed: failures.length === 0, failures }
}

/** A score as people read it. */
export function showScore(score: number | undefined): string {
  return score === undefined ? '–' : score.toFixed(2)
}

// A scorer that could not say anything must not look like one that was content.
function brokenScorers({ scorers, cases }: EvalResult): readonly string[] {
  const runs = cases.reduce((sum, { trials }) => sum + trials.length, 0)
  return scorers
    .filter(({ failed }) => failed > 0)
    .map(({ name, failed }) => `scorer ${name} failed on ${failed} of ${runs} runs`)
}

function missedMean({ mean, threshold: { mean: least } }: EvalResult): readonly string[] {
  if (least === undefined || (mean !== undefined && atLeast(mean, least))) return []
  return [`mean: expected at least ${show(least)}, got ${showScore(mean)}`]
}

function missedScorers({ scorers, threshold }: EvalResult): readonly string[] {
  return Object.entries(threshold.scorers ?? {}).flatMap(([name, least]) => {
    const mean = scorers.find((scorer) => scorer.name === name)?.mean
    if (mean !== undefined && atLeast(mean, least)) return []
    return [`scorer ${name}: expected at least ${show(least)}, got ${showScore(mean)}`]
  })
}

function regressed(most: number | undefined, comparison: Comparison | undefined): readonly string[] {
  if (most === undefined || comparison === undefined) return []
  const { difference, low, high, before, after, change, cases } = comparison
  if (change !== 'worse' || atLeast(difference, -most)) return []
  const sure = cases < FEWEST ? `over only ${cases} cases` : `95 % sure of ${low.toFixed(2)} to ${high.toFixed(2)}`
  return [
    `regression: the mean fell from ${showScore(before)} to ${showScore(after)} (${sure}), more than ${show(most)}`,
  ]
}

// What sums of binary fractions are off by must fail nobody.
function atLeast(value: number, least: number): boolean {
  return value >= least - 1e-9
}

function show(share: number): string {
  return String(Number(share.toFixed(4)))
}
