import type { ModelDelta } from '../core/model.ts'
import type { TokenUsage } from '../core/usage.ts'

/** A call of a model as a library makes it. */
export interface ModelCall {
  /** As price tables name them: `openai`, `gpt-5`. */
  readonly provider: string
  readonly model: string
  /** All that the answer depends on; of any form, never recorded. */
  readonly prompt: unknown
  readonly maxOutputTokens: number | undefined
  readonly call: (watch: { readonly signal: AbortSignal; publish(delta: ModelDelta): void }) => Promise<unknown>
  /** Of the recorded answer; undefined where it says nothing. */
  readonly usage: (answer: unknown) => TokenUsage | undefined
}
