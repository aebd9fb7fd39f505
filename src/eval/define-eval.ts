import type { Callable } from '../agent/context.ts'
import type { Duration } from '../core/duration.ts'
import type { CaseData } from './case/data.ts'
import { type CheckedOptions, checkOptions } from './check-options.ts'
import type { EvalQuestion } from './eval-question.ts'
import type { AnyScorer } from './evidence.ts'
import type { ThresholdOptions } from './threshold.ts'

/** What an eval is made of. */
export interface EvalOptions<I, O, E> {
  /** Names it in results and on the command line: a letter, then letters, digits, hyphens or underscores. */
  readonly name: string
  readonly description?: string
  /** The agent that is evaluated, or its name. */
  readonly agent: Callable<I, O> | string
  /** Cases, `file(…)`, `runs(…)`, or a list of any of them. */
  readonly data: CaseData<NoInfer<I>, E>
  /** By name; each gives 0 to 1. */
  readonly scorers: Readonly<Record<string, AnyScorer<NoInfer<I>, NoInfer<O>, NoInfer<E>>>>
  /** A number is the least mean. */
  readonly threshold?: number | ThresholdOptions
  /** Cases at once. Default: 4. */
  readonly concurrency?: number
  /** Of one run of a case, waits included; it is then cancelled and has failed. Default: 10 minutes. */
  readonly timeout?: Duration
  /** How often each case is run, for agents and judges that do not always say the same. Default: 1. */
  readonly trials?: number
  /**
   * Answers to the questions of the runs by id, or by name, which is the id's last part; a function is called with the question. A
   * question without an answer fails its case at once, unless it has a deadline, which is then waited for.
   */
  readonly answers?:
    | Readonly<Record<string, unknown>>
    | { answer(question: EvalQuestion<NoInfer<I>>): unknown }['answer']
}

/** A defined eval. Made by `defineEval`; frozen. */
export interface EvalDefinition extends CheckedOptions {
  readonly kind: 'eval'
}

/**
 * Defines an eval: an agent, cases to run it on, and scorers of what comes of them. Make it the default export of `evals/NAME.eval.ts`.
 *
 * @throws PolisError INVALID_CONFIG naming the option.
 */
export function defineEval<I = unknown, O = unknown, E = unknown>(options: EvalOptions<I, O, E>): EvalDefinition {
  return Object.freeze({ kind: 'eval', ...checkOptions(options) })
}
