import type { Plan } from '../plan.ts'
import type { EvalResult, TrialResult } from '../result.ts'
import { type Baseline, summarise } from '../summarise.ts'

/** A plan for tests with cases of these keys. */
export function planOf(keys: readonly string[], given: Partial<Plan> = {}): Plan {
  return {
    ...{ eval: 'greets', agent: 'greeter', release: 'abc', code: 'def' },
    cases: keys.map((key) => ({ key, name: key, tags: [], input: { key } })),
    scorers: [{ name: 'right', weight: 1 }],
    ...{ trials: 1, concurrency: 4, timeout: 1000, threshold: {} },
    ...given,
  }
}

/** A trial whose scorer `right` gave this score; undefined: it failed. */
export function trialOf(key: string, score: number | undefined, trial = 1): TrialResult {
  const nothing = { nanos: 0, tokens: 0 }
  return {
    ...{ case: key, trial, run: 'run_1', ms: 10, spent: nothing, judged: nothing },
    scores: [score === undefined ? { scorer: 'right', error: 'it broke' } : { scorer: 'right', score }],
    ...(score === undefined ? {} : { score }),
  }
}

/** The result of an eval with one trial of each case, by key and score. */
export function resultOf(
  scores: Readonly<Record<string, number>>,
  given: Partial<Plan> = {},
  baseline?: Baseline | 'missing',
): EvalResult {
  const trials = Object.entries(scores).map(([key, score]) => trialOf(key, score))
  return summarise(planOf(Object.keys(scores), given), trials, baseline)
}
