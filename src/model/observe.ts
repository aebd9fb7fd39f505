import type { PolisError } from '../core/error.ts'
import type { ModelInfo, ModelResult } from '../core/model.ts'
import { toDollars } from '../core/money.ts'
import { costOf, type TokenUsage } from '../core/usage.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'

/** How a call ended. */
export type Outcome = { readonly result: ModelResult } | { readonly error: PolisError }

/** What was measured of one call; milliseconds. */
export interface Measured {
  readonly outcome: Outcome
  /** Without the wait for its turn. */
  readonly duration: number
  /** Of a streamed answer. */
  readonly timeToFirstToken: number | undefined
  /** Settings that the model does not know, and that were left out. */
  readonly ignored: readonly string[]
}

/** Whose call it was. */
export interface CallNames {
  readonly info: ModelInfo
  readonly key: string | undefined
}

/** Counts and times one call, whatever its outcome, and writes one line without content. */
export function observeCall(metrics: Metrics, log: Log, { info, key }: CallNames, measured: Measured): void {
  const { outcome, duration, timeToFirstToken, ignored } = measured
  const labels = { provider: info.provider, model: info.model.slice(info.provider.length + 1) }
  const status = 'result' in outcome ? 'ok' : statusOf(outcome.error)
  const usage = usageOf(outcome)
  metrics.increment('model_calls_total', { ...labels, status })
  metrics.observe('model_call_duration_seconds', labels, duration / 1000)
  if (timeToFirstToken !== undefined) {
    metrics.observe('model_time_to_first_token_seconds', labels, timeToFirstToken / 1000)
  }
  if (usage !== undefined) countUsage(metrics, labels, info, usage)
  if ('error' in outcome && status !== 'cancelled') {
    metrics.increment('errors_total', { error_type: outcome.error.code, component: 'model' })
  }
  const reason = 'error' in outcome ? { code: outcome.error.code, reason: outcome.error.details.reason } : {}
  log.debug(
    {
      ...labels,
      status,
      ...reason,
      key,
      duration,
      timeToFirstToken,
      tokens: usage,
      ignored: ignored.length === 0 ? undefined : ignored,
      scripted: info.scripted || undefined,
    },
    'Called a model',
  )
}

function countUsage(
  metrics: Metrics,
  labels: { readonly provider: string; readonly model: string },
  { price }: ModelInfo,
  usage: TokenUsage,
): void {
  const { input, output, cachedInput, reasoning } = usage
  const counts = { input, output, cached_input: cachedInput, reasoning }
  for (const [direction, count] of Object.entries(counts)) {
    if (count > 0) metrics.increment('model_tokens_total', { ...labels, direction }, count)
  }
  // Of a model whose price is not known nothing is added: 0 would be a lie.
  if (price !== undefined) {
    metrics.increment('model_cost_dollars_total', labels, toDollars(costOf(usage, price)))
  }
}

function usageOf(outcome: Outcome): TokenUsage | undefined {
  // Written by `explain`, of this shape.
  return 'result' in outcome ? outcome.result.usage : (outcome.error.details.usage as TokenUsage | undefined)
}

function statusOf({ code, details }: PolisError): string {
  if (code === 'CANCELLED') return 'cancelled'
  if (code === 'MODEL_TIMEOUT') return 'timeout'
  if (code === 'MODEL_REFUSED') return 'filtered'
  if (code === 'MODEL_UNAVAILABLE') return details.reason === 'rate-limit' ? 'rate_limited' : 'unavailable'
  return 'error'
}
