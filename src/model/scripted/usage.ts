import type { AssistantPart, ModelRequest } from '../../core/model.ts'
import type { TokenUsage } from '../../core/usage.ts'
import { textsOf } from '../text.ts'

const CHARACTERS_PER_TOKEN = 4

/** What a scripted answer counts: a token for four characters, of prompt and answer; what the rule says wins. */
export function usageOf(
  request: ModelRequest,
  content: readonly AssistantPart[],
  given: Partial<TokenUsage> = {},
): TokenUsage {
  const reasoning = content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : []))
  return {
    input: tokens(textsOf(request)),
    cachedInput: 0,
    cacheWrite: 0,
    output: tokens(content.map((part) => (part.type === 'tool-call' ? JSON.stringify(part.input) : part.text))),
    reasoning: tokens(reasoning),
    ...given,
  }
}

function tokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Math.ceil(text.length / CHARACTERS_PER_TOKEN), 0)
}
