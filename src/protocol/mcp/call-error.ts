import {
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import { formatDuration } from '../../core/duration.ts'
import { type ErrorCode, PolisError } from '../../core/error.ts'
import type { KnownSecrets } from '../../core/known-secrets.ts'
import { CUT_OFF } from './http-transport.ts'
import { NO_SAMPLING } from './input-required.ts'
import type { Loss } from './server-transport.ts'

/** What is known when connecting or a call fails. */
export interface FailureContext {
  readonly server: string
  readonly tool?: string
  /** Milliseconds of the limit, if that is what ended it. */
  readonly limit: number | undefined
  /** Why the connection is over, if it is. */
  readonly loss: Loss | undefined
  readonly remark: string | undefined
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined
  /** Whether a request may have reached the tool. */
  readonly sent?: boolean
  /** What the server was given, and may repeat. */
  readonly secrets: KnownSecrets
}

/** The error of a connection that could not be made. */
export function explainConnect(error: unknown, context: FailureContext): PolisError {
  return discreet(connectError(error, context), context)
}

function connectError(error: unknown, context: FailureContext): PolisError {
  const { server, loss, remark } = context
  const ended = stopped(error, context, `MCP server '${server}' did not answer`)
  if (ended !== undefined) return ended
  const details = { server, sent: false }
  if (error instanceof PolisError) return prefixed(error, `MCP server '${server}' is not available: `, details)
  if (loss !== undefined) return lost(loss, context, error)
  const { text, retryable } = httpProblem(error, context) ?? { text: textOf(error, context), retryable: true }
  const remarks = remark === undefined ? '' : ` (${remark})`
  const message = `MCP server '${server}' could not be connected to: ${text}${remarks}. See whether it runs, and what 'polis doctor' says`
  return new PolisError('TOOL_UNAVAILABLE', message, { cause: error, details, retryable })
}

/** The error of a call that failed: whose fault it is decides the code, and the server's own words are kept. */
export function explainCall(error: unknown, context: FailureContext): PolisError {
  return discreet(callError(error, context), context)
}

// Whoever aborted knows its own reason by identity.
function discreet(error: PolisError, { signal, secrets }: FailureContext): PolisError {
  return error === signal?.reason ? error : secrets.hideInError(error)
}

function callError(error: unknown, known: FailureContext): PolisError {
  const context = { ...known, sent: known.sent === true && !neverReached(error) }
  const { server, tool, loss } = context
  const subject = tool === undefined ? `MCP server '${server}'` : `Tool '${tool}' of MCP server '${server}'`
  const ended = stopped(error, context, `${subject} did not answer`)
  if (ended !== undefined) return ended
  if (error instanceof PolisError)
    return 'sent' in error.details ? error : prefixed(error, '', { server, tool, sent: context.sent })
  if (loss !== undefined) return lost(loss, context, error)
  const { code, text, ...options } = classify(error, context)
  return new PolisError(code, `${subject} ${text}`, {
    cause: error,
    details: { server, tool, sent: context.sent, ...options.details },
    ...(options.retryable === undefined ? {} : { retryable: options.retryable }),
  })
}

/** Why the connection itself is to be given up after this error of a request over HTTP; undefined when it may go on. */
export function lossFrom(error: unknown): Loss | undefined {
  if (error instanceof SdkHttpError && error.status === 404)
    return { code: 'TOOL_UNAVAILABLE', text: 'no longer knows the session (HTTP 404)' }
  if (error instanceof TypeError && error.cause !== undefined)
    return { code: 'TOOL_UNAVAILABLE', text: `cannot be reached: ${textsOf(error)}` }
  return undefined
}

/** Whether a request over HTTP certainly never reached its tool. */
export function neverReached(error: unknown): boolean {
  if (error instanceof SdkHttpError) return error.status < 500
  const code = error instanceof TypeError && error.cause instanceof Error ? Reflect.get(error.cause, 'code') : undefined
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN'
}

interface Classified {
  readonly code: ErrorCode
  readonly text: string
  readonly retryable?: boolean
  readonly details?: Readonly<Record<string, unknown>>
}

// Of what a server says, so much goes into journals and to models.
const LONGEST_ANSWER = 2000
const LARGEST_DATA = 16 * 1024

// The SDK reports a result that breaks the tool's own output schema with the code that servers use for bad arguments.
const OUTPUT_SCHEMA = /output ?schema|structured content/i

function classify(error: unknown, context: FailureContext): Classified {
  const { remark } = context
  if (error instanceof ProtocolError) return classifyAnswer(error, context)
  const http = httpProblem(error, context)
  if (http !== undefined) return http
  if (error instanceof RangeError && error.message.includes('call stack'))
    return { code: 'TOO_LARGE', text: 'answered with JSON that nests too deep to be read' }
  if (error instanceof RangeError)
    return { code: 'TOO_LARGE', text: 'answered with a message over the limit: ask it for less' }
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.InvalidResult)
      return { code: 'TOOL_FAILED', text: `answered with what is not a tool result: ${error.message}` }
    if (error.code === SdkErrorCode.ConnectionClosed || error.code === SdkErrorCode.NotConnected)
      return { code: 'TOOL_UNAVAILABLE', text: 'lost its connection' }
  }
  return { code: 'TOOL_FAILED', text: `failed: ${textOf(error, context)}${remark === undefined ? '' : ` (${remark})`}` }
}

function classifyAnswer({ code, message: said, data }: ProtocolError, { secrets }: FailureContext): Classified {
  const message = shorten(secrets.hide(said), LONGEST_ANSWER)
  const details = data === undefined || (JSON.stringify(data)?.length ?? 0) > LARGEST_DATA ? {} : { data }
  if (code === CUT_OFF) return { code: 'TOOL_UNAVAILABLE', text: message }
  if (code === ProtocolErrorCode.MissingRequiredClientCapability)
    return { code: 'TOOL_FAILED', text: `${lackOf(data)}: ${message}`, details }
  if (OUTPUT_SCHEMA.test(message)) return { code: 'TOOL_FAILED', text: `broke its own contract: ${message}`, details }
  if (code === ProtocolErrorCode.InvalidParams)
    return { code: 'INVALID_ARGUMENT', text: `refused its arguments: ${message}`, details: { ...details, sent: false } }
  return { code: 'TOOL_FAILED', text: `failed: ${message}`, details: { ...details, rpcCode: code } }
}

function lackOf(data: unknown): string {
  const { requiredCapabilities = {} } = (data ?? {}) as { readonly requiredCapabilities?: object }
  if ('sampling' in requiredCapabilities) return NO_SAMPLING
  return `needs of its client what is not offered (${Object.keys(requiredCapabilities).join(', ') || 'it does not say what'})`
}

interface HttpProblem {
  readonly code: ErrorCode
  readonly text: string
  readonly retryable: boolean
}

function httpProblem(error: unknown, { secrets }: FailureContext): HttpProblem | undefined {
  if (error instanceof UnauthorizedError) return refused(401)
  if (!(error instanceof SdkHttpError)) return undefined
  const { status } = error
  if (status === 401 || status === 403) return refused(status)
  if (status === 413)
    return { code: 'TOO_LARGE', text: 'refused the request as too large (HTTP 413)', retryable: false }
  if (status === 429 || status >= 500)
    return { code: 'TOOL_UNAVAILABLE', text: `answered with HTTP ${status}`, retryable: true }
  const text = `answered with HTTP ${status}: ${shorten(secrets.hide(error.message))}. See whether url is that of its MCP endpoint`
  return { code: 'TOOL_UNAVAILABLE', text, retryable: false }
}

function refused(status: number): HttpProblem {
  const text = `refused the credentials (HTTP ${status}): set or correct headers.authorization`
  return { code: 'TOOL_UNAVAILABLE', text, retryable: false }
}

function stopped(error: unknown, context: FailureContext, subject: string): PolisError | undefined {
  const { server, tool, limit, remark, signal, sent = false } = context
  const details = { server, ...(tool === undefined ? {} : { tool }), sent }
  if (limit !== undefined) {
    const advice = remark === undefined ? '' : `; ${remark}`
    const message = `${subject} within ${formatDuration(limit)}${advice}. Raise servers.${server}.timeout if it needs longer`
    return new PolisError('TIMEOUT', message, { cause: error, details: { ...details, limit } })
  }
  if (signal?.aborted !== true) return undefined
  if (signal.reason instanceof PolisError) return signal.reason
  const what =
    tool === undefined ? `Connecting to MCP server '${server}'` : `The call of tool '${tool}' of MCP server '${server}'`
  return new PolisError('CANCELLED', `${what} was cancelled`, { cause: signal.reason, details })
}

function lost({ code, text, words }: Loss, context: FailureContext, cause: unknown): PolisError {
  const { server, tool, sent = false } = context
  const when =
    tool === undefined ? '' : sent ? ` during a call of its tool '${tool}'` : ` before its tool '${tool}' was called`
  const message = `MCP server '${server}' ${text}${when}${words === undefined ? '' : `; its last words: ${words}`}`
  const details = { server, ...(tool === undefined ? {} : { tool }), sent }
  return new PolisError(code, message, { cause, details, retryable: code === 'TOOL_UNAVAILABLE' })
}

function prefixed(error: PolisError, prefix: string, details: Readonly<Record<string, unknown>>): PolisError {
  const { code, message, retryable } = error
  const plain = code === 'INVALID_CONFIG' ? message : prefix + message
  return new PolisError(code, plain, { cause: error, retryable, details: { ...error.details, ...details } })
}

/** An error's message with those of its causes, cut when no secret can be cut with it. */
function textOf(error: unknown, { secrets }: FailureContext): string {
  return shorten(secrets.hide(textsOf(error)))
}

// fetch hides the reason in causes.
function textsOf(error: unknown): string {
  const texts: string[] = []
  for (let inner: unknown = error; inner instanceof Error && texts.length < 4; inner = inner.cause) {
    const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : ''
    const text = inner.message === '' ? code : inner.message
    if (text !== '' && !texts.some((known) => known.includes(text))) texts.push(text)
  }
  return texts.join(': ') || String(error)
}

function shorten(text: string, longest = 600): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
