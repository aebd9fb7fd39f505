import { formatDuration } from '../core/duration.ts'
import { PolisError } from '../core/error.ts'
import type { ModelCallOptions, ModelInfo, ModelRequest, ModelResult } from '../core/model.ts'
import type { TokenUsage } from '../core/usage.ts'
import type { BackendCall, Trace } from './backend.ts'
import { countInput } from './count-input.ts'
import { countTokens } from './count-tokens.ts'
import type { ModelsDependencies } from './dependencies.ts'
import { outputLimitOf } from './describe.ts'
import { explain } from './error/explain.ts'
import type { Health } from './guard/breaker.ts'
import type { Turn } from './guard/limits.ts'
import { startWatch, type Watch } from './guard/watch.ts'
import { type Measured, type Outcome, observeCall } from './observe.ts'
import type { Provider } from './provider/create-provider.ts'

/** One call of a model, with everything that is known of it. */
export interface ModelCall {
  readonly provider: Provider
  readonly info: ModelInfo
  /** Its model is the one that is asked, no alias. */
  readonly request: ModelRequest
  readonly options: ModelCallOptions
}

/**
 * Makes one request: waits for its turn within the provider's limits, asks, and tells breaker, limits, metrics and log how it ended.
 *
 * Rejects by the contract of `Models.call`.
 */
export async function callProvider(call: ModelCall, dependencies: ModelsDependencies): Promise<ModelResult> {
  const { log, metrics } = dependencies
  const measured = await makeCall(call, dependencies)
  observeCall(metrics, log, { info: call.info, key: call.options.key }, measured)
  if ('error' in measured.outcome) throw measured.outcome.error
  return measured.outcome.result
}

async function makeCall(call: ModelCall, dependencies: ModelsDependencies): Promise<Measured> {
  const { provider, info, request, options } = call
  const closed = openBreaker(call)
  if (closed !== undefined) return unmade(closed)
  // Counting takes as long as the prompt is, and only a limit of tokens wants it.
  const isCounted = provider.config.limits?.tokensPerMinute !== undefined
  const estimate = isCounted ? finite(countInput(request, info, provider.backend.toolOverhead)) : 0
  let used = 0
  let turn: Turn
  try {
    turn = await provider.limits.acquire(estimate, options.signal)
  } catch (reason) {
    return unmade(cancelled(call, reason, { sent: false, begun: false }))
  }
  try {
    // It may have opened while the call waited.
    const opened = openBreaker(call)
    if (opened !== undefined) return unmade(opened)
    const measured = await ask(call, dependencies)
    used = usedBy(measured.outcome, estimate)
    return measured
  } finally {
    turn.release(used)
  }
}

async function ask(call: ModelCall, dependencies: ModelsDependencies): Promise<Measured> {
  const { provider, options } = call
  const { clock } = dependencies
  const leave = provider.breaker.enter()
  const start = clock.now()
  const streaming = options.onDelta !== undefined
  const trace: Trace = { sent: false, begun: false }
  using watch = startWatch({ timeouts: provider.timeouts, signal: options.signal, streaming, clock })
  const outcome = await attempt(call, watch, trace, dependencies)
  leave(healthOf(outcome))
  const first = watch.firstToken()
  return {
    outcome,
    duration: clock.now() - start,
    timeToFirstToken: streaming && first !== undefined ? first - start : undefined,
    ignored: trace.ignored ?? [],
  }
}

function unmade(error: PolisError): Measured {
  return { outcome: { error }, duration: 0, timeToFirstToken: undefined, ignored: [] }
}

/** Never rejects. */
async function attempt(call: ModelCall, watch: Watch, trace: Trace, { clock }: ModelsDependencies): Promise<Outcome> {
  const { provider, info, request, options } = call
  const { onDelta, signal: _, ...rest } = options
  const backendCall: BackendCall = {
    ...{ request, info, trace, options: rest, signal: watch.signal, onLife: watch.onLife },
    modelId: info.model.slice(provider.name.length + 1),
    assumedUsage: (content) => assumedUsage(call, content),
    ...(onDelta === undefined ? {} : { onDelta }),
  }
  try {
    return { result: await provider.backend.call(backendCall) }
  } catch (reason) {
    if (watch.expired() !== undefined) return { error: tooSlow(call, watch, trace) }
    if (options.signal.aborted) return { error: cancelled(call, options.signal.reason, trace) }
    const { name, keySource } = provider
    const facts = { request, provider: name, trace, keySource, secrets: provider.secrets(), now: clock.now() }
    return { error: explain(reason, facts) }
  }
}

/** The error of a call that the breaker keeps back; undefined: it may go. */
function openBreaker({ provider, info }: ModelCall): PolisError | undefined {
  const wait = provider.breaker.wait()
  if (wait === 0) return undefined
  return new PolisError(
    'MODEL_UNAVAILABLE',
    `Model ${info.model}: provider '${provider.name}' has failed several times in a row and is left alone for ${formatDuration(wait)} (models.providers.${provider.name}.breaker)`,
    {
      details: {
        provider: provider.name,
        model: info.model,
        reason: 'breaker',
        sent: false,
        received: false,
        retryAfter: wait,
      },
    },
  )
}

function tooSlow({ provider, info }: ModelCall, watch: Watch, trace: Trace): PolisError {
  const limit = watch.expired() ?? 'total'
  const what = {
    total: 'its answer was not complete within',
    firstToken: 'no answer began within',
    betweenTokens: 'its answer fell silent for',
  }[limit]
  return new PolisError(
    'MODEL_TIMEOUT',
    `Model ${info.model}: ${what} ${formatDuration(provider.timeouts[limit])} (models.providers.${provider.name}.timeouts.${limit})`,
    { details: { ...factsOf(provider, info, trace), reason: limit } },
  )
}

function cancelled({ provider, info }: ModelCall, reason: unknown, trace: Trace): PolisError {
  // The caller's own reason, such as the timeout of a step, says more than we know.
  const message = reason instanceof PolisError ? reason.message : 'the caller gave up'
  return new PolisError('CANCELLED', `Model ${info.model}: the call was cancelled (${message})`, {
    details: { ...factsOf(provider, info, trace), reason: 'cancelled' },
  })
}

function factsOf({ name }: Provider, { model }: ModelInfo, { sent, status = 0 }: Trace) {
  const received = status >= 200 && status < 300
  return { provider: name, model, sent, received, ...(status === 0 ? {} : { status }) }
}

function healthOf(outcome: Outcome): Health {
  if ('result' in outcome) return 'good'
  const { code, details } = outcome.error
  if (code === 'MODEL_TIMEOUT') return 'bad'
  if (code === 'MODEL_UNAVAILABLE') return details.reason === 'rate-limit' ? 'unknown' : 'bad'
  // It answered, if only to refuse.
  return typeof details.status === 'number' ? 'good' : 'unknown'
}

function usedBy(outcome: Outcome, estimate: number): number {
  if ('result' in outcome) return outcome.result.usage.input + outcome.result.usage.output
  const { details } = outcome.error
  return details.sent === false || details.received === false ? 0 : estimate
}

function assumedUsage({ provider, info, request }: ModelCall, content: ModelResult['content']): TokenUsage {
  const texts = content.map((part) => (part.type === 'tool-call' ? (JSON.stringify(part.input) ?? '') : part.text))
  const counted = texts.reduce((sum, text) => sum + countTokens(text), 0)
  const output = Math.min(counted, outputLimitOf(request, info) ?? Number.POSITIVE_INFINITY)
  const input = finite(countInput(request, info, provider.backend.toolOverhead))
  return { input, cachedInput: 0, cacheWrite: 0, output, reasoning: 0 }
}

function finite(count: number): number {
  return Number.isFinite(count) ? count : 0
}
