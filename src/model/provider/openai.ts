import type { OpenAIConfig } from '../config.ts'
import { addressOf } from './address.ts'
import type { Opener } from './open.ts'

/** OpenAI by its Responses API. Answers are not stored there: the journal has them, and what a later call needs travels with it. */
export function openOpenAI(config: OpenAIConfig): Opener {
  return {
    keyVariable: 'OPENAI_API_KEY',
    toolOverhead: 100,
    style: {
      ...{ namespace: 'openai', kind: 'openai', strict: true, structuredOutput: 'native' },
      defaults: { store: false },
    },
    async open(modelId, { apiKey = '', headers, fetch }) {
      const { createOpenAI } = await import('@ai-sdk/openai')
      return createOpenAI({ apiKey, headers, fetch, baseURL: addressOf(config) }).responses(modelId)
    },
  }
}
