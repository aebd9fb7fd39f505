import type { PolisError } from '../core/error.ts'
import type { ModelInfo, ModelRequest, ModelResult, Models } from '../core/model.ts'
import { costOf, type ModelPrice, NO_USAGE, type TokenUsage } from '../core/usage.ts'
import type { Spend, Spent } from '../engine/scope.ts'

/**
 * What a call of a model may cost, and what its outcome did: the terms of a step that calls `models` with this request (G8).
 *
 * Before: the counted input, and the most that an answer may have. After: what the provider says. A call that reached nobody, or was
 * refused before an answer began, costs nothing; one whose outcome nobody knows is taken to have cost the most. The value of the step
 * must be the `ModelResult`, or give it by `resultOf`. Throws UNKNOWN_MODEL.
 */
export function spendOf(
  models: Models,
  request: ModelRequest,
  resultOf: (value: unknown) => ModelResult = (value) => value as ModelResult,
): Spend {
  const info = models.describe(request.model)
  // Counting takes as long as the prompt is: it is done where a budget or a failure wants it, and once.
  let counted: { readonly bound: TokenUsage | undefined } | undefined
  const bound = () => {
    counted ??= { bound: boundOf(models.countInput(request), request, info) }
    return counted.bound
  }
  return {
    provider: info.provider,
    model: info.model,
    get most() {
      const most = bound()
      return most === undefined ? undefined : amountsOf(most, info.price)
    },
    spent: (outcome) =>
      'error' in outcome ? spentByError(outcome.error, info, bound) : spentByResult(resultOf(outcome.value), info),
  }
}

function boundOf(input: number, request: ModelRequest, info: ModelInfo): TokenUsage | undefined {
  const limits = [request.maxOutputTokens, info.maxOutputTokens].filter((limit) => limit !== undefined)
  const output = Math.min(...limits)
  if (!Number.isFinite(input) || !Number.isFinite(output)) return undefined
  return { ...NO_USAGE, input, output }
}

function amountsOf(usage: TokenUsage, price: ModelPrice | undefined): NonNullable<Spend['most']> {
  const tokens = usage.input + usage.output
  return { tokens, usage, ...(price === undefined ? {} : { nanos: mostOf(usage, price) }) }
}

// Any token of the input may be written to a cache, where that costs more.
function mostOf(usage: TokenUsage, price: ModelPrice): number {
  return Math.max(costOf(usage, price), costOf({ ...usage, cacheWrite: usage.input }, price))
}

function spentByResult({ usage, assumedUsage }: ModelResult, { price }: ModelInfo): Spent {
  return {
    usage,
    ...(price === undefined ? {} : { nanos: costOf(usage, price) }),
    ...(assumedUsage ? { assumed: true } : {}),
  }
}

function spentByError(
  { code, details }: PolisError,
  info: ModelInfo,
  bound: () => TokenUsage | undefined,
): Spent | undefined {
  // Written by `Models.call`, of this shape.
  if (details.usage !== undefined) return spentByResult({ usage: details.usage } as ModelResult, info)
  if (code === 'UNKNOWN_MODEL' || details.sent === false) return undefined
  const refused = typeof details.status === 'number' && details.received !== true
  if (refused) return undefined
  const usage = bound() ?? NO_USAGE
  return {
    usage,
    // Without a bound nobody knows what it was: that is not nothing.
    ...(info.price === undefined || bound === undefined ? {} : { nanos: mostOf(usage, info.price) }),
    assumed: true,
  }
}
