import { type ErrorDetails, PolisError } from '../core/error.ts'
import { redactText } from '../core/secret.ts'
import { networkFault } from '../model/error/network.ts'
import { retryAfterOf } from '../model/error/retry-after.ts'
import { judgeStatus, type Verdict } from '../model/error/status.ts'

/** What the error classes of model libraries have in common, if anything. */
interface Failure {
  readonly message?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly responseHeaders?: unknown
}

/** Longest quotation of a provider's own words. */
const MOST_WORDS = 300

/**
 * A library's failure of a model call as one of ours, as `Models.call` would tell it: so that the engine knows whether repeating may
 * help, how long to wait, and what it may have cost. `now` is in ms since the epoch.
 *
 * What is neither an answer with a status nor a failure of the network stays as it is: the engine takes it to be passing. The library's
 * own error is not kept as the cause, since it holds the whole request.
 */
export function toModelError(reason: unknown, model: string, now: number): unknown {
  if (reason instanceof PolisError || typeof reason !== 'object' || reason === null) return reason
  const failure: Failure = reason
  const finding = findingOf(reason, failure)
  if (finding === undefined) return reason
  const { code, reason: word, what, advice } = finding.verdict
  const retryAfter = retryAfterOf(headersOf(failure), now)
  const details = { model, reason: word, ...finding.facts, ...(retryAfter === undefined ? {} : { retryAfter }) }
  const words = redactText(String(failure.message ?? '')).slice(0, MOST_WORDS)
  const message = `Model ${model}: ${what}${words === '' ? '' : ` (${words})`}${advice === undefined ? '' : `: ${advice}`}`
  return new PolisError(code, message, { details })
}

interface Finding {
  readonly verdict: Verdict
  readonly facts: ErrorDetails
}

function findingOf(reason: unknown, failure: Failure): Finding | undefined {
  const status = statusOf(failure)
  if (status !== undefined && status < 300) {
    const verdict: Verdict = { code: 'MODEL_UNAVAILABLE', reason: 'malformed', what: 'its answer is malformed' }
    return { verdict, facts: { status, sent: true, received: true } }
  }
  if (status !== undefined) {
    const said = { status, code: codeOf(failure), words: String(failure.message ?? '') }
    return { verdict: judgeStatus(said, 'the key of its provider'), facts: { status, sent: true, received: false } }
  }
  const network = networkFault(reason)
  return network === undefined
    ? undefined
    : { verdict: network.verdict, facts: { sent: network.sent, received: false } }
}

function statusOf({ status, statusCode }: Failure): number | undefined {
  if (typeof statusCode === 'number') return statusCode
  return typeof status === 'number' ? status : undefined
}

function codeOf(failure: Failure): string {
  return 'code' in failure && typeof failure.code === 'string' ? failure.code : ''
}

function headersOf({ headers, responseHeaders }: Failure): Headers | undefined {
  const all = responseHeaders ?? headers
  if (all instanceof Headers) return all
  if (typeof all !== 'object' || all === null) return undefined
  return new Headers(Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
