import type { CompatibleConfig } from '../config.ts'
import { addressOf } from './address.ts'
import type { Opener } from './open.ts'

// One name for all such providers, so that a conversation can go on with another of them.
const NAMESPACE = 'openaiCompatible'

/** Whatever speaks OpenAI's Chat Completions: Ollama, llama.cpp, vLLM, and most gateways. */
export function openCompatible(config: CompatibleConfig): Opener {
  const { structuredOutput = 'native' } = config
  return {
    toolOverhead: 100,
    style: { namespace: NAMESPACE, kind: 'openai-compatible', strict: false, structuredOutput },
    async open(modelId, { apiKey, headers, fetch }) {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const key = apiKey === undefined ? {} : { apiKey }
      const provider = createOpenAICompatible({
        ...{ name: NAMESPACE, baseURL: addressOf(config), headers, fetch, includeUsage: true },
        supportsStructuredOutputs: structuredOutput === 'native',
        ...key,
      })
      return provider.chatModel(modelId)
    },
  }
}
