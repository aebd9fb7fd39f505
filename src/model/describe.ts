import type { ModelInfo, ModelRequest } from '../core/model.ts'
import type { ModelPrice } from '../core/usage.ts'
import { type CataloguedModel, catalogued } from './catalogue.ts'
import type { ModelsConfig, ProviderConfig } from './config.ts'

// A script costs nothing, and that is known; a budget wants a bound of its answers too.
const SCRIPTED: CataloguedModel = { maxOutputTokens: 4096, price: { input: 0, output: 0 } }

/** What is known of a model: what the project says, else what the built-in table does. */
export function describeModel(
  model: string,
  provider: string,
  config: ProviderConfig,
  { prices = {}, models = {} }: ModelsConfig,
): ModelInfo {
  const scripted = config.kind === 'scripted'
  const known = scripted ? SCRIPTED : catalogued(config.kind, model.slice(provider.length + 1), hasOwnAddress(config))
  const { contextWindow, maxOutputTokens } = { ...known, ...models[model] }
  const price: ModelPrice | undefined = prices[model] ?? known.price
  return {
    model,
    provider,
    scripted,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(price === undefined ? {} : { price }),
  }
}

/** The most tokens that an answer may have: what the request says, within what the model can; undefined: not known. */
export function outputLimitOf(request: ModelRequest, { maxOutputTokens }: ModelInfo): number | undefined {
  if (request.maxOutputTokens === undefined) return maxOutputTokens
  return maxOutputTokens === undefined ? request.maxOutputTokens : Math.min(request.maxOutputTokens, maxOutputTokens)
}

// Another address may be another vendor with other prices.
function hasOwnAddress(config: ProviderConfig): boolean {
  return config.kind !== 'scripted' && config.baseUrl !== undefined
}
