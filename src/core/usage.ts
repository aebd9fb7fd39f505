/** Tokens of one model call, or of several. */
export interface TokenUsage {
  /** All tokens of the prompt, those of the two next lines included. */
  readonly input: number
  /** Of the input: read from the provider's cache. */
  readonly cachedInput: number
  /** Of the input: written to the provider's cache. */
  readonly cacheWrite: number
  /** All tokens of the answer, reasoning included. */
  readonly output: number
  /** Of the output: reasoning that is not shown. */
  readonly reasoning: number
}

/** US dollars for a million tokens. What is absent costs as much as `input`. */
export interface ModelRates {
  readonly input: number
  readonly output: number
  readonly cachedInput?: number
  readonly cacheWrite?: number
}

/** What a model costs; some cost more, for the whole call, once its prompt is long. */
export interface ModelPrice extends ModelRates {
  /** The rates of a call whose prompt has more than `above` tokens. */
  readonly long?: ModelRates & { readonly above: number }
}

/** Nothing used. */
export const NO_USAGE: TokenUsage = Object.freeze({ input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 })

/** Dollars for a million tokens are thousands of nanodollars for one. */
const NANOS_PER_TOKEN = 1000

/** What a usage costs, in whole nanodollars, rounded up so that no sum of calls is below their price. */
export function costOf(usage: TokenUsage, price: ModelPrice): number {
  const { input, cachedInput, cacheWrite, output } = usage
  const rates = price.long !== undefined && input > price.long.above ? price.long : price
  const plain = Math.max(0, input - cachedInput - cacheWrite)
  const dollars =
    plain * rates.input +
    cachedInput * (rates.cachedInput ?? rates.input) +
    cacheWrite * (rates.cacheWrite ?? rates.input) +
    output * rates.output
  // Prices have at most six digits behind the point, so what is further behind is the noise of binary fractions.
  return Math.ceil(Number((dollars * NANOS_PER_TOKEN).toFixed(3)))
}

/** Both together. */
export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: a.input + b.input,
    cachedInput: a.cachedInput + b.cachedInput,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  }
}
