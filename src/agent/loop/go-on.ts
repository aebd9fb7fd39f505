import { PolisError } from '../../core/error.ts'

/** Longest that a provider may ask to be left alone while another model can be asked, in milliseconds. */
const PATIENCE = 10_000

/**
 * A failure of a model after which the next one of its chain is to be asked: one that asks for a long wait (a rate limit of minutes, an open
 * breaker) is not repeated then.
 */
export function goOn(reason: unknown): unknown {
  if (!(reason instanceof PolisError) || !reason.retryable) return reason
  const { retryAfter } = reason.details
  if (typeof retryAfter !== 'number' || retryAfter <= PATIENCE) return reason
  const { code, message, details, cause } = reason
  return new PolisError(code, message, { details, retryable: false, ...(cause === undefined ? {} : { cause }) })
}
