import type { AzureConfig } from '../config.ts'
import { addressOf } from './address.ts'
import type { Opener } from './open.ts'

/** Azure OpenAI by its Responses API; models are named by their deployments. */
export function openAzure(config: AzureConfig): Opener {
  return {
    keyVariable: 'AZURE_API_KEY',
    toolOverhead: 100,
    style: {
      ...{ namespace: 'azure', kind: 'azure', strict: true, structuredOutput: 'native' },
      defaults: { store: false },
    },
    async open(modelId, { apiKey = '', headers, fetch }) {
      const { createAzure } = await import('@ai-sdk/azure')
      const version = config.apiVersion === undefined ? {} : { apiVersion: config.apiVersion }
      return createAzure({ apiKey, headers, fetch, baseURL: addressOf(config), ...version }).responses(modelId)
    },
  }
}
