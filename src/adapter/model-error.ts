import { type ErrorCode, PolisError } from '../core/error.ts'

/** What the error classes of model libraries have in common, if anything. */
interface Failure {
  readonly message?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly isRetryable?: unknown
  readonly headers?: unknown
  readonly responseHeaders?: unknown
}

/**
 * A library's failure of a model call as one of ours, so that the engine knows whether repeating may help and how long to wait.
 *
 * What has no HTTP status stays as it is: the engine takes it to be passing.
 */
export function toModelError(reason: unknown, model: string): unknown {
  if (reason instanceof PolisError || typeof reason !== 'object' || reason === null) return reason
  const failure: Failure = reason
  const status = statusOf(failure)
  if (status === undefined) return reason
  const retryAfter = retryAfterOf(failure)
  const details = { status, sent: true, ...(retryAfter === undefined ? {} : { retryAfter }) }
  const message = `Model ${model} answered ${status}: ${String(failure.message ?? 'without a message')}`
  return new PolisError(codeOf(failure, status), message, { cause: reason, details })
}

function codeOf({ isRetryable }: Failure, status: number): ErrorCode {
  const passing = typeof isRetryable === 'boolean' ? isRetryable : status === 408 || status === 429 || status >= 500
  return passing ? 'MODEL_UNAVAILABLE' : 'MODEL_FAILED'
}

function statusOf({ status, statusCode }: Failure): number | undefined {
  if (typeof statusCode === 'number') return statusCode
  return typeof status === 'number' ? status : undefined
}

/** Milliseconds that the provider asks to wait. */
function retryAfterOf({ headers, responseHeaders }: Failure): number | undefined {
  const all = responseHeaders ?? headers
  const milliseconds = Number(header(all, 'retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(milliseconds)) return milliseconds
  const seconds = Number(header(all, 'retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}

function header(headers: unknown, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  if (typeof headers !== 'object' || headers === null) return undefined
  const value = (headers as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : undefined
}
