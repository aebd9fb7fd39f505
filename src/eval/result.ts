import type { RecordedError } from '../core/entry.ts'
import type { Comparison } from './comparison.ts'
import type { ThresholdOptions } from './threshold.ts'

/** What one scorer said of one run. `score` is absent where it failed, and `error` then says why. */
export interface ScoreResult {
  readonly scorer: string
  readonly score?: number
  readonly reason?: string
  readonly error?: string
}

/** Money and tokens. `nanos` are nanodollars of what has a price; `unpriced` where something has none. */
export interface SpentResult {
  readonly nanos: number
  readonly tokens: number
  readonly unpriced?: true
}

/** One run of one case, scored. */
export interface TrialResult {
  /** Key of its case. */
  readonly case: string
  /** From 1. */
  readonly trial: number
  /** The agent's run. */
  readonly run: string
  /** Why it did not complete, where it did not. */
  readonly error?: RecordedError
  /** Milliseconds, waits included. */
  readonly ms: number
  readonly spent: SpentResult
  readonly judged: SpentResult
  readonly scores: readonly ScoreResult[]
  /** Weighted mean of the scores; absent where no scorer that counts gave one. */
  readonly score?: number
}

/** A mean over some values, and their standard deviation. Both absent without values. */
export interface Measure {
  readonly mean?: number
  readonly spread?: number
}

/** One case with its trials. */
export interface CaseResult extends Measure {
  readonly key: string
  /** For people. */
  readonly name: string
  readonly tags: readonly string[]
  readonly trials: readonly TrialResult[]
}

/** One scorer over all cases. `failed` counts the trials that it could not score. */
export interface ScorerResult extends Measure {
  readonly name: string
  readonly weight: number
  readonly failed: number
}

/** The result of one eval: the output of a run of `polis.eval`. */
export interface EvalResult extends Measure {
  readonly version: 1
  readonly eval: string
  readonly agent: string
  /** Of the agent. */
  readonly release: string
  /** Hash of the eval's own file, and what it imports. */
  readonly code: string
  readonly cases: readonly CaseResult[]
  readonly scorers: readonly ScorerResult[]
  readonly trials: number
  /** Cases whose mean is at least `PASS`. */
  readonly passed: number
  readonly spent: SpentResult
  readonly judged: SpentResult
  readonly threshold: ThresholdOptions
  readonly baseline?: { readonly run: string; readonly release: string; readonly comparison: Comparison }
  readonly verdict: Verdict
}

/** Whether an eval reached its thresholds; `failures` says which it did not. */
export interface Verdict {
  readonly passed: boolean
  readonly failures: readonly string[]
}

/** What a run of `polis.evals` comes to. */
export interface SuiteResult {
  readonly passed: boolean
  readonly evals: readonly SuiteEval[]
}

/** One eval of a suite; `error` where it came to no result. */
export interface SuiteEval {
  readonly eval: string
  readonly agent: string
  readonly release: string
  readonly passed: boolean
  readonly mean?: number
  readonly error?: RecordedError
}

/** The mean from which on a case counts as passed. */
export const PASS = 0.5

/** The output of a run, if it is a result that this version can read. */
export function readResult(output: unknown): EvalResult | undefined {
  const isResult = typeof output === 'object' && output !== null && 'version' in output && output.version === 1
  // Written by `summarise` of this version.
  return isResult && 'cases' in output ? (output as EvalResult) : undefined
}
