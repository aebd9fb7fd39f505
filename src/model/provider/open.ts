import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { PromptStyle } from '../answer/prompt.ts'
import type { AnthropicConfig, AzureConfig, CompatibleConfig, OpenAIConfig } from '../config.ts'

/** A provider that is reached over the network. */
export type RemoteConfig = OpenAIConfig | AnthropicConfig | AzureConfig | CompatibleConfig

/** What one request is made with; keys are read anew for each, so that a rotated one is picked up. */
export interface Access {
  readonly apiKey: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof globalThis.fetch
}

/** How the models of one kind of provider are opened and asked. */
export interface Opener {
  readonly style: PromptStyle
  /** Environment variable that usually holds the key. */
  readonly keyVariable?: string
  /** Tokens that the provider adds to a prompt with tools. */
  readonly toolOverhead: number
  open(modelId: string, access: Access): Promise<LanguageModelV4>
}
