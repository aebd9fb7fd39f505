import type { DecodedEntry, RecordedError } from '../core/entry.ts'
import type { RunRecord } from '../core/run.ts'

/** What a scorer judges: one run of the agent on one case. */
export interface Evidence<I = unknown, O = unknown, E = unknown> {
  /** Name of the case. */
  readonly name: string
  /** From 1. */
  readonly trial: number
  readonly input: I
  /** Undefined where the run did not complete; `error` then says why. */
  readonly output: O | undefined
  /** As the case says; undefined where it says nothing. */
  readonly expected: E | undefined
  readonly error: RecordedError | undefined
  /** The run's record; it is in the store like any other run. */
  readonly run: RunRecord
  /** Its journal, with those of the runs that continued it. */
  readonly entries: readonly DecodedEntry[]
  /** Dollars, child runs included; undefined where the price of a model is not known. */
  readonly cost: number | undefined
  /** Milliseconds from submit to end, waits included. */
  readonly duration: number
}

/** What a scorer says: 0 to 1, or false and true for these two; with a reason, where it has one. */
export type Score = number | boolean | { readonly score: number | boolean; readonly reason?: string }

/** A scorer as a function. What it throws is a fault of the scorer, never a score of 0. */
export type ScorerFunction<I = unknown, O = unknown, E = unknown> = {
  // A method, so that a function of narrower evidence fits.
  score(evidence: Evidence<I, O, E>): Score | Promise<Score>
}['score']

/** A scorer of this package that needs nothing but the evidence. */
export interface Scorer {
  readonly kind: 'scorer'
  readonly score: ScorerFunction
}

/** A scorer that is a model; see `modelJudged`. */
export interface Judge {
  readonly kind: 'judge'
  readonly model: string
  readonly criteria: string
  /** Lowest and highest grade that the model may give; the score is where the grade lies between them. */
  readonly scale: readonly [number, number]
  readonly samples: number
  readonly maxOutputTokens: number
  readonly temperature?: number
}

/** A scorer that counts more, or less, than the others of its eval. */
export interface Weighted<I = unknown, O = unknown, E = unknown> {
  readonly kind: 'weighted'
  readonly weight: number
  readonly scorer: Scorer | Judge | ScorerFunction<I, O, E>
}

/** Whatever an eval takes as scorer. */
export type AnyScorer<I = unknown, O = unknown, E = unknown> =
  | Scorer
  | Judge
  | ScorerFunction<I, O, E>
  | Weighted<I, O, E>
