import { behindOf } from '../agent/behind-context.ts'
import { hash } from '../core/json.ts'
import type { CallTerms } from './adapter-terms.ts'
import type { ModelCall } from './model-call.ts'
import { toModelError } from './model-error.ts'
import { spendFor } from './model-spend.ts'
import { pack } from './pack.ts'
import type { Place } from './place.ts'
import { recordCall } from './record-call.ts'

const TERMS: CallTerms = { effect: 'read', timeout: '1h', interruptible: true }

/** Makes a model call a step named `model`, whose input is the hash of the prompt and whose output is the whole answer. */
export function recordModelCall(place: Place, call: ModelCall): Promise<unknown> {
  const { model: terms, checkPrompts = true } = place.terms
  const name = `${call.provider}/${call.model}`
  const prompt = pack(call.prompt)
  const { models, clock } = behindOf(place.context, 'adapter')
  return recordCall(place, {
    kind: 'model',
    name: 'model',
    hash: checkPrompts ? hash({ model: name, prompt }) : undefined,
    terms: { ...TERMS, ...terms },
    spend: spendFor(models, call, prompt),
    async call(step) {
      try {
        return await call.call({ signal: step.signal, publish: step.delta })
      } catch (reason) {
        throw toModelError(reason, name, clock.now())
      }
    },
  })
}
