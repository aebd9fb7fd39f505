import { PolisError } from './error.ts'
import type { ModelPrice, TokenUsage } from './usage.ts'

/** A message of a conversation with a model, as journals keep it: plain JSON, with bytes in blobs. */
export type ModelMessage =
  | { readonly role: 'user'; readonly content: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[] }
  | { readonly role: 'tool'; readonly content: readonly ToolResultPart[] }

export interface TextPart {
  readonly type: 'text'
  readonly text: string
  readonly metadata?: ProviderMetadata
}

/** An image, a document, a sound: in a blob of the store, or at a URL that the provider fetches. */
export interface FilePart {
  readonly type: 'file'
  readonly mediaType: string
  readonly blob?: string
  readonly url?: string
  readonly name?: string
}

export interface ReasoningPart {
  readonly type: 'reasoning'
  readonly text: string
  readonly metadata?: ProviderMetadata
}

export interface ToolCallPart {
  readonly type: 'tool-call'
  /** As the model gave it; the result names it. */
  readonly id: string
  readonly name: string
  /** JSON, or the text itself where the model wrote something that is none. */
  readonly input: unknown
  readonly invalid?: true
  readonly metadata?: ProviderMetadata
}

export interface ToolResultPart {
  readonly type: 'tool-result'
  readonly id: string
  readonly name: string
  readonly output: { readonly kind: 'text' | 'json' | 'error'; readonly value: unknown }
}

export type UserPart = TextPart | FilePart
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart

/** What a provider wants to get back as it gave it: signatures of reasoning, ids of items. */
export type ProviderMetadata = Readonly<Record<string, unknown>>

/** A tool as a model sees it. */
export interface ModelTool {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly input: unknown
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high'

/** One call of a model. */
export interface ModelRequest {
  /** `provider/model`, as the project names the provider. */
  readonly model: string
  readonly instructions?: string
  readonly messages: readonly ModelMessage[]
  readonly tools?: readonly ModelTool[]
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly tool: string }
  /** The answer is to be JSON of this JSON Schema. */
  readonly output?: { readonly name: string; readonly schema: unknown }
  /** Default: what the model allows. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly reasoning?: ReasoningEffort
  /** Whether the provider may cache the beginning of the prompt. Default: true. */
  readonly cache?: boolean
  /** Options of the provider's own, by its kind. */
  readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What a model answered; plain JSON throughout, so that it can be recorded. */
export interface ModelResult {
  readonly content: readonly AssistantPart[]
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'
  readonly usage: TokenUsage
  /** The provider does not say what it used: `usage` is the most that it can have been. */
  readonly assumedUsage?: true
  /** As it was asked for. */
  readonly model: string
  /** The provider's own word for what answered. */
  readonly answeredBy?: string
  /** Nobody thought this: it stands in a script. */
  readonly scripted?: true
}

/** A piece of an answer on its way; never journalled. */
export type ModelDelta =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly text: string }

/** What is known of a model. */
export interface ModelInfo {
  readonly model: string
  /** The project's name of the provider. */
  readonly provider: string
  readonly scripted: boolean
  /** Tokens of prompt and answer together, and of an answer; absent: not known. */
  readonly contextWindow?: number
  readonly maxOutputTokens?: number
  /** Absent: not known, which is said and never taken for 0. */
  readonly price?: ModelPrice
}

/** How one call is made. */
export interface ModelCallOptions {
  readonly signal: AbortSignal
  /** The same for every attempt of a step. */
  readonly key?: string
  /** Name of the agent that asks, for scripts, which may answer each agent in its own way. */
  readonly agent?: string
  /** Given, the answer is streamed. */
  readonly onDelta?: (delta: ModelDelta) => void
  /** Reads the blobs that file parts name. */
  readonly readBlob?: (hash: string) => Promise<Uint8Array>
}

/** The models that a project may call. One call is one request: repeating is the engine's business. */
export interface Models {
  /** Names of the configured providers. */
  readonly providers: readonly string[]
  /**
   * The models that a name stands for, in the order in which they are to be tried: those of an alias, else the model itself.
   * Throws UNKNOWN_MODEL. The other operations take an alias for the first of its models.
   */
  chain(name: string): readonly string[]
  /** Throws UNKNOWN_MODEL with what there is. */
  describe(model: string): ModelInfo
  /**
   * The most tokens that the prompt can count: never below what the provider will say, as far as can be known. Infinity: it has a file
   * of unknown size, and the model's window is not known either. Throws UNKNOWN_MODEL.
   */
  countInput(request: ModelRequest): number
  /**
   * Throws UNKNOWN_MODEL, MODEL_UNAVAILABLE (it may pass; `details.retryAfter` in ms where the provider says so), MODEL_TIMEOUT,
   * MODEL_FAILED (it will not pass), MODEL_REFUSED (a content filter), CANCELLED. `details.usage` holds what a failed call used, where
   * the provider said so; `details.sent` is false when nothing reached it, and `details.received` true when an answer had begun.
   */
  call(request: ModelRequest, options: ModelCallOptions): Promise<ModelResult>
  close(): Promise<void>
}

/** A project without models: every name is unknown. */
export const noModels: Models = Object.freeze({
  providers: Object.freeze([]),
  chain: (model: string): never => {
    throw unknownModel(model, [])
  },
  describe: (model: string): never => {
    throw unknownModel(model, [])
  },
  countInput: () => 0,
  call: async ({ model }: ModelRequest): Promise<never> => {
    throw unknownModel(model, [])
  },
  close: async () => {},
})

/** The error for a model whose provider is not configured; it lists those that are. */
export function unknownModel(model: string, providers: readonly string[]): PolisError {
  const known = providers.length === 0 ? 'no providers are configured' : `configured are ${providers.join(', ')}`
  return new PolisError(
    'UNKNOWN_MODEL',
    `There is no model '${model}': expected provider/model, and ${known}. Add the provider to models.providers in polis.config.ts`,
    { details: { model, providers } },
  )
}
