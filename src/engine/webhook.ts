import { PolisError } from '../core/error.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Program } from './program.ts'
import type { StepCall } from './scope.ts'

/** The agent that delivers webhooks. Its name has a dot, which no author's agent can have. */
export const WEBHOOK_AGENT = 'polis.webhook'
export const WEBHOOK_RELEASE = 'system'

/** What a delivery is told: where to, and the event with the id that receivers drop repeats by. */
export interface WebhookInput {
  readonly url: string
  readonly id: string
  readonly event: unknown
}

/** What deliveries need from outside. */
export interface WebhookDependencies {
  readonly fetch: typeof globalThis.fetch
  readonly log: Log
  readonly metrics: Metrics
}

/**
 * Webhooks are durable runs like any other: one idempotent step that is repeated with backoff for up to twenty hours, then a failed
 * run that can be retried. Redirects are not followed.
 */
export function webhookProgram(dependencies: WebhookDependencies): Program {
  return {
    name: WEBHOOK_AGENT,
    release: WEBHOOK_RELEASE,
    limits: {},
    async run(scope, input) {
      const delivery = input as WebhookInput
      return scope.step('deliver', (step) => deliver(dependencies, delivery, step), TERMS)
    },
  }
}

const TERMS = {
  effect: 'idempotent',
  uncertain: 'retry',
  attempts: 20,
  delay: 1000,
  maxDelay: 2 * 3_600_000,
  factor: 2.5,
  jitter: true,
  timeout: 15_000,
  hash: undefined,
} as const

async function deliver(
  { fetch, metrics }: WebhookDependencies,
  { url, id, event }: WebhookInput,
  { signal }: StepCall,
): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'agentpolis', 'idempotency-key': id },
      body: JSON.stringify(event),
      redirect: 'manual',
      signal,
    })
    await response.body?.cancel()
    if (!response.ok) throw refusal(url, response)
    metrics.increment('webhook_deliveries_total', { status: 'ok' })
    return { status: response.status }
  } catch (reason) {
    metrics.increment('webhook_deliveries_total', { status: signal.aborted ? 'timeout' : 'error' })
    throw reason
  }
}

function refusal(url: string, response: Response): PolisError {
  const { host } = new URL(url)
  return new PolisError('TOOL_FAILED', `The webhook at ${host} answered ${response.status}: expected 2xx`, {
    // A receiver that says that the request is wrong will say so again.
    retryable: response.status >= 500 || response.status === 429 || response.status === 408,
  })
}
