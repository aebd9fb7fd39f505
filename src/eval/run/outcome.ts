import type { RecordedError } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { EVAL_TAGS } from '../../core/eval.ts'
import type { Scope } from '../../engine/scope.ts'
import type { Plan, PlannedCase } from '../plan.ts'
import { isChange } from './unchanged.ts'

/** One trial of a case; `at` is the case's place in the plan, from 1, and names its operations. */
export interface TrialJob {
  readonly item: PlannedCase
  readonly at: number
  readonly trial: number
}

/** How the agent's run ended. */
export type Outcome =
  | { readonly kind: 'completed'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: RecordedError }

/** The tags of a case's run, by which it is found. */
export function tagsOf(
  evalRun: string,
  { eval: name, agent }: Plan,
  { item, trial }: TrialJob,
): Record<string, string> {
  return {
    [EVAL_TAGS.eval]: name,
    [EVAL_TAGS.agent]: agent,
    [EVAL_TAGS.run]: evalRun,
    [EVAL_TAGS.case]: item.key.slice(0, 256),
    [EVAL_TAGS.trial]: String(trial),
  }
}

/** An error as the outcome of a case, unless it is the eval itself that is over. */
export function failed(scope: Scope, reason: unknown): Outcome {
  if (scope.signal().aborted || isChange(reason)) throw reason
  const { code, message, name } = PolisError.from(reason).toJSON()
  return { kind: 'failed', error: { code, message, ...(name === undefined ? {} : { name }) } }
}
