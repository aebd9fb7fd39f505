import { APICallError, JSONParseError, TypeValidationError } from '@ai-sdk/provider'
import type { ErrorDetails } from '../../core/error.ts'
import { PolisError } from '../../core/error.ts'
import type { ModelRequest } from '../../core/model.ts'
import type { TokenUsage } from '../../core/usage.ts'
import type { Trace } from '../backend.ts'
import { type FaultKind, ModelFault } from './fault.ts'
import { networkFault } from './network.ts'
import { retryAfterOf } from './retry-after.ts'
import { judgeStatus, type Said, type Verdict } from './status.ts'
import { wordsOf } from './words.ts'

/** What is known of a call that failed. */
export interface FailedCall {
  readonly request: ModelRequest
  readonly provider: string
  readonly trace: Trace
  /** Where the key of the provider comes from, in words: `the environment variable OPENAI_API_KEY`. */
  readonly keySource: string
  /** What must not be shown. */
  readonly secrets: readonly string[]
  /** ms since the epoch. */
  readonly now: number
}

/**
 * The error of a failed call, by the contract of `Models.call`.
 *
 * What went wrong is not kept as its cause: the errors of the libraries hold the whole request.
 */
export function explain(reason: unknown, call: FailedCall): PolisError {
  if (reason instanceof PolisError) return withSent(reason, call.trace)
  const finding = findingOf(reason, call.trace)
  const { code, reason: word, what, advice } = finding.verdict(call)
  const words = finding.words === undefined ? undefined : wordsOf(finding.words, call.request, call.secrets)
  const { model } = call.request
  const message = `Model ${model}: ${what}${words === undefined ? '' : ` (${words})`}${advice === undefined ? '' : `: ${advice}`}`
  return new PolisError(code, message, { details: detailsOf(call, word, finding) })
}

// What went wrong on our side of the wire, such as a key or a file that is not there.
function withSent(error: PolisError, { sent }: Trace): PolisError {
  if (sent || error.details.sent !== undefined) return error
  const { code, message, retryable, details, cause } = error
  return new PolisError(code, message, {
    retryable,
    details: { ...details, sent },
    ...(cause === undefined ? {} : { cause }),
  })
}

interface Finding {
  readonly verdict: (call: FailedCall) => Verdict
  /** The provider's own words. */
  readonly words?: string
  readonly usage?: TokenUsage
  readonly sent?: false
  /** As an event within a stream says, before any answer. */
  readonly status?: number
}

function findingOf(reason: unknown, trace: Trace): Finding {
  if (reason instanceof ModelFault && reason.kind !== 'status' && reason.kind !== 'error') {
    // A response that holds no event of a stream is none at all.
    const kind = reason.kind === 'cut' && !trace.begun ? 'malformed' : reason.kind
    return { verdict: () => FAULTS[kind as keyof typeof FAULTS], words: reason.words, ...usage(reason) }
  }
  const network = networkFault(reason)
  if (network !== undefined) {
    // Once an answer had begun, the connection was cut within it.
    if (isReceived(trace)) return { verdict: () => FAULTS.cut }
    return { verdict: () => network.verdict, ...(network.sent ? {} : { sent: false }) }
  }
  const said = saidOf(reason)
  if (said === undefined || isMalformed(reason)) {
    return { verdict: () => (isReceived(trace) ? FAULTS.malformed : UNKNOWN), ...words(reason) }
  }
  const status = isReceived(trace) && !trace.begun ? { status: said.status } : {}
  return { verdict: (call) => judgeStatus(said, call.keySource), words: said.words, ...usage(reason), ...status }
}

const FAULTS: Readonly<Record<Exclude<FaultKind, 'status' | 'error'>, Verdict>> = {
  malformed: { code: 'MODEL_UNAVAILABLE', reason: 'malformed', what: 'its answer is malformed' },
  cut: { code: 'MODEL_UNAVAILABLE', reason: 'cut', what: 'its answer was cut off' },
  refused: { code: 'MODEL_REFUSED', reason: 'content-filter', what: 'it declined to answer' },
}
const UNKNOWN: Verdict = { code: 'MODEL_FAILED', reason: 'error', what: 'the request could not be made' }

function saidOf(reason: unknown): Said | undefined {
  if (APICallError.isInstance(reason)) {
    const { statusCode, message, responseBody = '' } = reason
    return statusCode === undefined || statusCode < 300
      ? undefined
      : { status: statusCode, code: codeIn(responseBody), words: message }
  }
  if (reason instanceof ModelFault) return { status: statusIn(reason), code: reason.code ?? '', words: reason.words }
  return undefined
}

// A stream that has begun with status 200 tells of an error in an event, by a code or a type.
function statusIn({ code = '' }: ModelFault): number {
  if (/^\d{3}$/.test(code)) return Number(code)
  if (/rate_limit|too_many/.test(code)) return 429
  if (/invalid|not_found|context|unsupported/.test(code)) return 400
  if (/authentication|permission/.test(code)) return 403
  return 500
}

function codeIn(body: string): string {
  const found = /"(?:code|type)"\s*:\s*"([\w.-]{1,60})"/g
  return [...body.matchAll(found)].map(([, code]) => code).join(' ')
}

function isMalformed(reason: unknown): boolean {
  if (JSONParseError.isInstance(reason) || TypeValidationError.isInstance(reason)) return true
  return APICallError.isInstance(reason) && (reason.statusCode ?? 500) < 300
}

function words(reason: unknown): { readonly words?: string } {
  // Of what could not be parsed only that is said: it is the answer itself.
  return reason instanceof Error && !isMalformed(reason) ? { words: reason.message } : {}
}

function usage(reason: unknown): { readonly usage?: TokenUsage } {
  return reason instanceof ModelFault && reason.usage !== undefined ? { usage: reason.usage } : {}
}

function isReceived({ status = 0 }: Trace): boolean {
  return status >= 200 && status < 300
}

function detailsOf(call: FailedCall, reason: string, finding: Finding): ErrorDetails {
  const { trace, provider, request, now } = call
  const status = finding.status ?? trace.status
  const received = finding.status === undefined && isReceived(trace)
  const retryAfter = received ? undefined : retryAfterOf(trace.headers, now)
  const requestId = trace.headers?.get('x-request-id') ?? trace.headers?.get('request-id') ?? undefined
  return {
    provider,
    model: request.model,
    reason,
    sent: finding.sent ?? trace.sent,
    received,
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(finding.usage === undefined ? {} : { usage: finding.usage }),
  }
}
