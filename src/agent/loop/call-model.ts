import { PolisError } from '../../core/error.ts'
import type { ErrorCode } from '../../core/error-code.ts'
import { hash } from '../../core/json.ts'
import type { ModelRequest, ModelResult, Models } from '../../core/model.ts'
import type { Scope } from '../../engine/scope.ts'
import { spendOf } from '../spend.ts'
import { goOn } from './go-on.ts'
import { MODEL_TERMS } from './terms.ts'

/** A call of a model, with those that are asked when it cannot answer. */
export interface ModelCall {
  /** Of the step. */
  readonly name: string
  readonly agent: string
  /** In the order in which they are tried: each is a step of its own. */
  readonly chain: readonly string[]
  readonly request: Omit<ModelRequest, 'model'>
  /** Whether those who watch see the answer as it comes. */
  readonly stream: boolean
  /** Of the request, whose messages are in the journal already. */
  readonly hash: string
  /** Asked of a failure before the next model is: whether to leave it to the caller. */
  readonly isOurs?: (error: PolisError) => boolean
}

/** Failures that another model may not have. */
const PASSED_ON: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'MODEL_UNAVAILABLE',
  'MODEL_TIMEOUT',
  'MODEL_FAILED',
  'MODEL_REFUSED',
  'STEP_TIMEOUT',
])

/** Calls the first model of the chain that answers, each in a recorded step. Rejects as the last one failed. */
export async function callModel(models: Models, scope: Scope, call: ModelCall): Promise<ModelResult> {
  const failures: PolisError[] = []
  for (const [at, model] of call.chain.entries()) {
    try {
      return await callOne(models, scope, call, { model, hasNext: at < call.chain.length - 1 })
    } catch (reason) {
      const error = PolisError.from(reason)
      if (!PASSED_ON.has(error.code) || call.isOurs?.(error) === true) throw error
      failures.push(error)
    }
  }
  throw noneAnswered(call.chain, failures)
}

async function callOne(
  models: Models,
  scope: Scope,
  call: ModelCall,
  { model, hasNext }: { readonly model: string; readonly hasNext: boolean },
): Promise<ModelResult> {
  const request: ModelRequest = { ...call.request, model }
  const result = await scope.step(
    call.name,
    (step) => {
      const options = { signal: step.signal, key: step.key, agent: call.agent, readBlob: scope.blobs.read }
      const result = models.call(request, { ...options, ...(call.stream ? { onDelta: step.delta } : {}) })
      return hasNext ? result.catch((reason: unknown) => Promise.reject(goOn(reason))) : result
    },
    { ...MODEL_TERMS, hash: hash({ model, request: call.hash }), spend: spendOf(models, request) },
  )
  // What the step recorded is what the model answered.
  return result as ModelResult
}

function noneAnswered(chain: readonly string[], failures: readonly PolisError[]): PolisError {
  const last = failures.at(-1)
  if (last === undefined) return new PolisError('UNKNOWN_MODEL', 'Expected at least one model to call, got none')
  if (failures.length === 1) return last
  const reasons = failures.map(({ message }, at) => `${chain[at]}: ${message}`)
  return new PolisError(last.code, `None of ${chain.length} models answered. ${reasons.join('. ')}`, { cause: last })
}
