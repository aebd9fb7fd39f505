import type { TokenUsage } from '../../core/usage.ts'

/** Usage as the versions of the AI SDK's model interface tell it: numbers, or numbers with their parts. */
interface SdkUsage {
  readonly inputTokens?: number | { readonly total?: number; readonly cacheRead?: number; readonly cacheWrite?: number }
  readonly outputTokens?: number | { readonly total?: number; readonly reasoning?: number }
  readonly cachedInputTokens?: number
  readonly reasoningTokens?: number
}

/** What an answer used; undefined where the provider does not say. */
export function usageOf(usage: unknown): TokenUsage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { inputTokens, outputTokens, cachedInputTokens = 0, reasoningTokens = 0 }: SdkUsage = usage
  const input = typeof inputTokens === 'object' ? inputTokens : { total: inputTokens, cacheRead: cachedInputTokens }
  const output = typeof outputTokens === 'object' ? outputTokens : { total: outputTokens, reasoning: reasoningTokens }
  if (input.total === undefined && output.total === undefined) return undefined
  return {
    input: input.total ?? 0,
    cachedInput: input.cacheRead ?? 0,
    cacheWrite: ('cacheWrite' in input ? input.cacheWrite : undefined) ?? 0,
    output: output.total ?? 0,
    reasoning: output.reasoning ?? 0,
  }
}
