/** What the author of evals imports. */
export type { DecodedEntry } from './core/entry.ts'
export {
  type CaseData,
  type CaseSource,
  type EvalCase,
  type FileData,
  file,
  type RunData,
  type RunsOptions,
  runs,
} from './eval/case/data.ts'
export { defineEval, type EvalDefinition, type EvalOptions } from './eval/define-eval.ts'
export type { EvalQuestion } from './eval/eval-question.ts'
export type { AnyScorer, Evidence, Judge, Score, Scorer, ScorerFunction, Weighted } from './eval/evidence.ts'
export { type ContainsOptions, contains } from './eval/scorer/contains.ts'
export { exact } from './eval/scorer/exact.ts'
export { type JudgeOptions, modelJudged } from './eval/scorer/model-judged.ts'
export { schema } from './eval/scorer/schema.ts'
export { cost, duration, steps, toolsCalled } from './eval/scorer/trajectory.ts'
export { weighted } from './eval/scorer/weighted.ts'
export type { ThresholdOptions } from './eval/threshold.ts'
