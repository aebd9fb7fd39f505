import { PolisError } from '../core/error.ts'
import type { ModelInfo, Models } from '../core/model.ts'
import { costOf, type TokenUsage } from '../core/usage.ts'
import type { Spend, Spent } from '../engine/scope.ts'
import type { ModelCall } from './model-call.ts'
import { unpack } from './pack.ts'

/** What a call of a library's model may cost and did: by the project's price table where it knows the model, else in tokens alone. */
export function spendFor(models: Models, call: ModelCall, prompt: unknown): Spend {
  const { provider, model } = call
  const info = describe(models, `${provider}/${model}`)
  const output = call.maxOutputTokens ?? info?.maxOutputTokens
  const worst = output === undefined ? undefined : { ...nothing, input: mostTokensIn(prompt), output }
  return {
    provider,
    model,
    most:
      worst === undefined ? undefined : { tokens: worst.input + worst.output, usage: worst, ...nanosOf(worst, info) },
    spent(outcome): Spent | undefined {
      if ('error' in outcome) return afterFailure(outcome.error, worst, info)
      const usage = call.usage(unpack(outcome.value))
      return usage === undefined ? undefined : { usage, ...nanosOf(usage, info) }
    },
  }
}

const nothing = { cachedInput: 0, cacheWrite: 0, reasoning: 0 }

// What a provider refused costs nothing; what was cut off may have cost all.
function afterFailure(
  { details }: PolisError,
  worst: TokenUsage | undefined,
  info: ModelInfo | undefined,
): Spent | undefined {
  if (typeof details.status === 'number' || worst === undefined) return undefined
  return { usage: worst, ...nanosOf(worst, info), assumed: true }
}

function nanosOf(usage: TokenUsage, info: ModelInfo | undefined): { readonly nanos?: number } {
  return info?.price === undefined ? {} : { nanos: costOf(usage, info.price) }
}

function describe(models: Models, name: string): ModelInfo | undefined {
  try {
    return models.describe(name)
  } catch (reason) {
    // The library's own provider need not be one of the project's: its price is not known then.
    if (PolisError.from(reason).code === 'UNKNOWN_MODEL') return undefined
    throw reason
  }
}

// A token is at least one byte.
function mostTokensIn(prompt: unknown): number {
  return Buffer.byteLength(JSON.stringify(prompt) ?? '')
}
