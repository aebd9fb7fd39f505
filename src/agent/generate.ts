import type { StandardSchemaV1 } from '@standard-schema/spec'
import type {
  AssistantPart,
  ModelMessage,
  ModelRequest,
  ModelTool,
  ReasoningEffort,
  ToolCallPart,
} from '../core/model.ts'
import type { TokenUsage } from '../core/usage.ts'
import type { Tool } from './tool.ts'

/** One call of a model. Give `prompt` or `messages`. */
export interface GenerateOptions<O extends StandardSchemaV1> {
  /** `provider/model`, or an alias of the project file; of several, the next is asked where one cannot answer. */
  readonly model: string | readonly string[]
  readonly instructions?: string
  readonly prompt?: string
  readonly messages?: readonly ModelMessage[]
  /** The model may ask for calls of these; nothing calls them but the code that gets `toolCalls`. */
  readonly tools?: readonly (Tool | ModelTool)[]
  readonly toolChoice?: ModelRequest['toolChoice']
  /** The answer is JSON of this schema: one that does not fit is given back to the model once, then INVALID_OUTPUT. */
  readonly output?: O
  readonly maxOutputTokens?: number
  readonly temperature?: number
  /** Whether the answer is streamed to those who watch. Default: true. */
  readonly stream?: boolean
  readonly reasoning?: ReasoningEffort
  /** Options of the provider's own, by its kind. */
  readonly providerOptions?: ModelRequest['providerOptions']
  /** The step's name. Default: `model`. */
  readonly name?: string
}

/** What a model answered. */
export interface Generated<T> {
  /** The text, or what the schema made of it. */
  readonly output: T
  readonly text: string
  readonly toolCalls: readonly ToolCallPart[]
  /** As the next call's `messages` want it. */
  readonly message: ModelMessage & { readonly content: readonly AssistantPart[] }
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'
  readonly usage: TokenUsage
  /** The one of `model` that answered. */
  readonly model: string
  /** Nobody thought this: it stands in a script. */
  readonly scripted?: true
}

/** Calls a model in a recorded step. With tools, `output` is undefined where the model calls them. */
export interface Generate {
  <O extends StandardSchemaV1 = StandardSchemaV1<string, string>>(
    options: GenerateOptions<O> & { readonly tools?: never },
  ): Promise<Generated<StandardSchemaV1.InferOutput<O>>>
  <O extends StandardSchemaV1 = StandardSchemaV1<string, string>>(
    options: GenerateOptions<O>,
  ): Promise<Generated<StandardSchemaV1.InferOutput<O> | undefined>>
}
