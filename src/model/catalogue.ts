/**
 * What is known of well-known models: prices in US dollars for a million tokens, context windows, and limits of an answer.
 *
 * As of 2026-11-25, from https://developers.openai.com/api/docs/pricing and https://platform.claude.com/docs/en/about-claude/pricing
 * with their pages on models. A model that is not here has no known price; `models.prices` and `models.models` of a project add it.
 */
import type { ModelPrice, ModelRates } from '../core/usage.ts'
import type { ProviderConfig } from './config.ts'

/** What the table knows of a model. */
export interface CataloguedModel {
  readonly contextWindow?: number
  readonly maxOutputTokens?: number
  readonly price?: ModelPrice
}

/**
 * Looks a model up; dated versions (`gpt-6-sol-2026-09-22`) count as the model.
 *
 * `elsewhere`: its provider has another address, where the same model may cost something else.
 */
export function catalogued(kind: ProviderConfig['kind'], modelId: string, elsewhere: boolean): CataloguedModel {
  if (kind !== 'openai' && kind !== 'anthropic') return {}
  const table: Readonly<Record<string, CataloguedModel>> = CATALOGUE[kind]
  const name = [modelId, modelId.replace(DATE, '')].find((it) => Object.hasOwn(table, it))
  const found = name === undefined ? undefined : table[name]
  if (found === undefined) return {}
  const { price, ...limits } = found
  return elsewhere || price === undefined ? limits : { ...limits, price }
}

const DATE = /-\d{4}-?\d{2}-?\d{2}$/
const MILLION = 1_000_000

const OPUS_4 = { input: 5, output: 25, cachedInput: 0.5, cacheWrite: 6.25 } as const

const CATALOGUE = {
  openai: {
    'gpt-6-astra': gpt6({ input: 10, output: 50, cachedInput: 1, cacheWrite: 12.5 }),
    'gpt-6.1-sol': gpt6({ input: 2, output: 10, cachedInput: 0.1, cacheWrite: 2.5 }),
    'gpt-6-sol': gpt6({ input: 2, output: 10, cachedInput: 0.2, cacheWrite: 2.5 }),
    'gpt-6-luna': gpt6({ input: 0.1, output: 0.5, cachedInput: 0.01, cacheWrite: 0.125 }),
  },
  anthropic: {
    'claude-fable-5-1': claude5({ input: 10, output: 50, cachedInput: 0.25, cacheWrite: 12.5 }),
    'claude-opus-5-5': claude5({ input: 4, output: 20, cachedInput: 0.2, cacheWrite: 5 }),
    'claude-opus-5': claude5({ input: 5, output: 25, cachedInput: 0.5, cacheWrite: 6.25 }),
    'claude-sonnet-5-5': claude5({ input: 2, output: 10, cachedInput: 0.1, cacheWrite: 2.5 }),
    'claude-sonnet-5': claude5({ input: 2, output: 10, cachedInput: 0.2, cacheWrite: 2.5 }),
    'claude-haiku-5-5': claude5({
      ...{ input: 0.1, output: 0.5, cachedInput: 0.01, cacheWrite: 0.125 },
      long: { above: 100_000, input: 0.5, output: 2.5, cachedInput: 0.05, cacheWrite: 0.625 },
    }),
    'claude-opus-4-8': { maxOutputTokens: 128_000, price: OPUS_4 },
    'claude-opus-4-7': { maxOutputTokens: 128_000, price: OPUS_4 },
    'claude-opus-4-6': { maxOutputTokens: 128_000, price: OPUS_4 },
    'claude-opus-4-5': { contextWindow: 200_000, maxOutputTokens: 64_000, price: OPUS_4 },
  },
} as const

// A prompt beyond 272,000 tokens doubles the rates of the prompt, and raises that of the answer by half.
function gpt6(rates: Required<ModelRates>): CataloguedModel {
  const { input, output, cachedInput, cacheWrite } = rates
  const long = {
    ...{ above: 272_000, input: input * 2, output: output * 1.5 },
    ...{ cachedInput: cachedInput * 2, cacheWrite: cacheWrite * 2 },
  }
  return { contextWindow: 1_050_000, maxOutputTokens: 128_000, price: { ...rates, long } }
}

function claude5(price: ModelPrice): CataloguedModel {
  return { contextWindow: MILLION, maxOutputTokens: 128_000, price }
}
