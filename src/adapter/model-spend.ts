import { spendOf } from '../agent/spend.ts'
import { PolisError } from '../core/error.ts'
import type { ModelInfo, ModelResult, Models } from '../core/model.ts'
import { NO_USAGE } from '../core/usage.ts'
import type { Spend } from '../engine/scope.ts'
import type { ModelCall } from './model-call.ts'
import { unpack } from './pack.ts'

/**
 * What a call of a library's model may cost and did: by what the project knows of `provider/model`, else in tokens alone. `prompt` is
 * packed.
 *
 * A library does not say how it writes a prompt down, so the most that it can count is a token for each byte.
 */
export function spendFor(models: Models, call: ModelCall, prompt: unknown): Spend {
  const model = `${call.provider}/${call.model}`
  const info = describe(models, model, call.provider)
  const input = Buffer.byteLength(JSON.stringify(prompt) ?? '')
  const { maxOutputTokens = info.maxOutputTokens } = call
  const resultOf = (value: unknown): ModelResult => {
    const usage = call.usage(unpack(value))
    const assumed = { usage: { ...NO_USAGE, input, output: maxOutputTokens ?? 0 }, assumedUsage: true } as const
    return { content: [], finish: 'other', model, ...(usage === undefined ? assumed : { usage }) }
  }
  return spendOf(
    { ...models, describe: () => info, countInput: () => input },
    { model, messages: [], ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) },
    resultOf,
  )
}

// The library's own provider need not be one of the project's: then no price is known.
function describe(models: Models, model: string, provider: string): ModelInfo {
  try {
    return models.describe(model)
  } catch (reason) {
    if (PolisError.from(reason).code !== 'UNKNOWN_MODEL') throw reason
    return { model, provider, scripted: false }
  }
}
