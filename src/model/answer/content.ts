import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4ToolCall,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import type { AssistantPart, ModelResult, ProviderMetadata, ToolCallPart } from '../../core/model.ts'
import type { TokenUsage } from '../../core/usage.ts'

/** The parts of an answer that a conversation keeps. */
export function toParts(content: readonly LanguageModelV4Content[]): readonly AssistantPart[] {
  return content.flatMap((part): readonly AssistantPart[] => {
    if (part.type === 'tool-call') return part.providerExecuted ? [] : [toCall(part)]
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text, ...metadataOf(part) }]
    // An empty one may carry a signature that the provider wants back.
    if (part.type === 'reasoning') return [{ type: 'reasoning', text: part.text, ...metadataOf(part) }]
    return []
  })
}

// What a provider wants to get back with a part.
function metadataOf(part: { readonly providerMetadata?: SharedV4ProviderMetadata | undefined }): {
  readonly metadata?: ProviderMetadata
} {
  return part.providerMetadata === undefined ? {} : { metadata: part.providerMetadata }
}

/** How an answer ended; undefined: it did not end by itself. */
export function finishOf({ unified }: LanguageModelV4FinishReason): ModelResult['finish'] | undefined {
  if (unified === 'error' || unified === 'interrupted') return undefined
  return unified
}

/** What a call used; undefined: the provider does not say. */
export function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): TokenUsage | undefined {
  if (inputTokens.total === undefined || outputTokens.total === undefined) return undefined
  return {
    input: inputTokens.total,
    cachedInput: inputTokens.cacheRead ?? 0,
    cacheWrite: inputTokens.cacheWrite ?? 0,
    output: outputTokens.total,
    reasoning: outputTokens.reasoning ?? 0,
  }
}

function toCall(part: LanguageModelV4ToolCall): ToolCallPart {
  const common = { type: 'tool-call', id: part.toolCallId, name: part.toolName, ...metadataOf(part) } as const
  if (part.input.trim() === '') return { ...common, input: {} }
  try {
    return { ...common, input: JSON.parse(part.input) }
  } catch {
    // The model wrote it, and is told so by whoever runs the tool.
    return { ...common, input: part.input, invalid: true }
  }
}
