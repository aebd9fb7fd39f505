import type { AnthropicConfig } from '../config.ts'
import { addressOf } from './address.ts'
import type { Opener } from './open.ts'

/** Anthropic by its Messages API, with the beginning of the prompt cached. Pings are passed on, as signs of life. */
export function openAnthropic(config: AnthropicConfig): Opener {
  return {
    keyVariable: 'ANTHROPIC_API_KEY',
    // The instructions on tools that it adds; its documentation lists up to about 800 tokens.
    toolOverhead: 1000,
    style: {
      ...{ namespace: 'anthropic', kind: 'anthropic', strict: false, structuredOutput: 'native' },
      defaults: { includePings: true },
      cacheMark: { cacheControl: { type: 'ephemeral' } },
    },
    async open(modelId, { apiKey = '', headers, fetch }) {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic({ apiKey, headers, fetch, baseURL: addressOf(config) })(modelId)
    },
  }
}
