import type { AskOptions } from '../agent/context.ts'
import type { StepOptions } from '../agent/step-options.ts'

/** Terms of the steps that an adapter makes of a library's calls. */
export type CallTerms = Omit<StepOptions, 'input'>

/** What the author may say of an agent that another library runs. */
export interface AdapterTerms {
  /**
   * Terms of tool calls, by the tool's name. Most of all `effect`: without it a tool is `once`, and a call that a crash cut off is not
   * repeated without a human's word.
   */
  readonly tools?: Readonly<Record<string, CallTerms>>
  /** Terms of model calls. Default: `{ effect: 'read', timeout: '1h', interruptible: true }`, since libraries have timeouts
   * of their own. */
  readonly model?: CallTerms
  /**
   * Whether a replay checks that each model call has the prompt that is recorded. Default: true. False for prompts that are never the
   * same, such as those with the time in them: the recorded answer is then taken as it is.
   */
  readonly checkPrompts?: boolean
  /** Asks the model for streams, so that those who watch the run see its answers grow. Default: false. */
  readonly stream?: boolean
  /** Of the questions that its approvals and interrupts become: who should answer, how long it may take, and what counts then. */
  readonly questions?: Pick<AskOptions, 'assignee' | 'timeout' | 'otherwise'>
}
