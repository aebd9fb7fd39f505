import { compare } from './compare.ts'
import type { Plan, PlannedCase } from './plan.ts'
import {
  type CaseResult,
  type EvalResult,
  type Measure,
  PASS,
  type ScoreResult,
  type SpentResult,
  type TrialResult,
} from './result.ts'
import { meanOf, measure } from './statistics.ts'
import { judge } from './verdict.ts'

/** An earlier result to compare with. */
export interface Baseline {
  readonly run: string
  readonly result: EvalResult
}

/** Nothing spent. */
export const NOTHING_SPENT: SpentResult = Object.freeze({ nanos: 0, tokens: 0 })

/** The result of an eval from its trials, in the order of its cases. Pure. */
export function summarise(plan: Plan, trials: readonly TrialResult[], baseline?: Baseline | 'missing'): EvalResult {
  const cases = plan.cases.map((it) => caseOf(it, trials))
  const scored = {
    ...{ version: 1 as const, eval: plan.eval, agent: plan.agent, release: plan.release, code: plan.code, cases },
    scorers: plan.scorers.map(({ judge: _, ...scorer }) => ({
      ...scorer,
      ...measureScorer(scorer.name, plan, trials),
    })),
    trials: plan.trials,
    ...over(plan, trials),
    passed: cases.filter(({ mean }) => mean !== undefined && mean >= PASS).length,
    spent: sum(trials.map(({ spent }) => spent)),
    judged: sum(trials.map(({ judged }) => judged)),
    threshold: plan.threshold,
  }
  const unjudged: EvalResult = { ...scored, verdict: { passed: true, failures: [] } }
  const compared = baselineOf(unjudged, baseline)
  const whole = compared === undefined ? unjudged : { ...unjudged, baseline: compared }
  return { ...whole, verdict: judge(whole, plan, baseline === 'missing') }
}

/** The weighted mean of what scorers said; undefined where none that counts said anything. */
export function weigh(scores: readonly ScoreResult[], scorers: Plan['scorers']): number | undefined {
  let total = 0
  let weights = 0
  for (const { scorer, score } of scores) {
    const weight = scorers.find(({ name }) => name === scorer)?.weight ?? 0
    if (score === undefined) continue
    total += weight * score
    weights += weight
  }
  return weights === 0 ? undefined : total / weights
}

/** What several runs spent together. */
export function sum(parts: readonly SpentResult[]): SpentResult {
  const nanos = parts.reduce((all, part) => all + part.nanos, 0)
  const tokens = parts.reduce((all, part) => all + part.tokens, 0)
  return { nanos, tokens, ...(parts.some(({ unpriced }) => unpriced) ? { unpriced: true } : {}) }
}

function caseOf({ key, name, tags }: PlannedCase, all: readonly TrialResult[]): CaseResult {
  const trials = all.filter((trial) => trial.case === key).sort((a, b) => a.trial - b.trial)
  return { key, name, tags, trials, ...measure(scoresOf(trials)) }
}

function measureScorer(name: string, plan: Plan, trials: readonly TrialResult[]) {
  const said = trials.flatMap(({ trial, scores }) =>
    scores.flatMap(({ scorer, score }) => (scorer === name ? [{ trial, score }] : [])),
  )
  return { ...over(plan, said), failed: said.filter(({ score }) => score === undefined).length }
}

// The spread of a whole is that of its trials: what running all of it again would change.
function over({ trials: count }: Plan, said: readonly Said[]): Measure {
  const scores = scoresOf(said)
  if (scores.length === 0) return {}
  const byTrial = Array.from({ length: count }, (_, at) => scoresOf(said.filter(({ trial }) => trial === at + 1)))
  const { spread } = measure(byTrial.filter((each) => each.length > 0).map(meanOf))
  return { mean: meanOf(scores), ...(spread === undefined ? {} : { spread }) }
}

type Said = Pick<TrialResult, 'trial'> & { readonly score?: number | undefined }

function scoresOf(trials: readonly Said[]): readonly number[] {
  return trials.flatMap(({ score }) => (score === undefined ? [] : [score]))
}

function baselineOf(result: EvalResult, baseline: Baseline | 'missing' | undefined): EvalResult['baseline'] {
  if (baseline === undefined || baseline === 'missing') return undefined
  const comparison = compare(baseline.result, result)
  return comparison === undefined ? undefined : { run: baseline.run, release: baseline.result.release, comparison }
}
