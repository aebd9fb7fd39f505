import type { Clock } from '../core/clock.ts'
import { ERRORS, type ErrorCode, PolisError } from '../core/error.ts'
import { isErrorCode } from '../core/error-code.ts'
import { abortable } from '../core/pause.ts'

/** What requests are sent with: the platform's `fetch`, or one that calls a server in the same process. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** How a client reaches its server. */
export interface TransportOptions {
  /** Where the server is: `http://localhost:8080`. A path before `/api/v1` is kept. */
  readonly url: string
  /** A JSON Web Token. */
  readonly token?: string
  /** An API key, `polis_…`. */
  readonly apiKey?: string
  readonly tenant?: string
  readonly fetch?: Fetch
  readonly clock: Clock
  /** From 0 to 1, for jitter. */
  readonly random: () => number
}

/** A request to send. */
export interface Sent {
  readonly method: string
  /** Below the server's address, with the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: BodyInit
  /** Whether sending it again does nothing more. */
  readonly repeatable: boolean
  readonly signal?: AbortSignal | undefined
}

/** Sends requests: a 2xx response, or a PolisError with the server's code. */
export type Transport = (sent: Sent) => Promise<Response>

// Attempts of a request that can be repeated; with the delays below, at most half a minute unless the server asks for more.
const ATTEMPTS = 5
const FIRST_DELAY = 250
const LONGEST_DELAY = 10_000
const LONGEST_RETRY_AFTER = 60_000

/**
 * Makes the transport of a client.
 *
 * What can be repeated is sent up to five times while the server answers 429 or 503, or cannot be reached, honouring Retry-After.
 */
export function createTransport(options: TransportOptions): Transport {
  const { url, clock, random } = options
  const base = readBase(url)
  const send = options.fetch ?? ((target, init) => fetch(target, init))
  return async (sent) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptOnce(send, base, sent, options)
      if (!(outcome instanceof PolisError)) return outcome
      if (attempt === ATTEMPTS || !sent.repeatable || !isTemporary(outcome)) throw outcome
      await abortable(clock, delayOf(outcome, attempt, random), sent.signal)
    }
  }
}

/** How long to wait after a failed attempt (from 1), ms: what the server asked for, else growing, with jitter. */
export function delayOf(error: PolisError, attempt: number, random: () => number): number {
  const { retryAfter } = error.details
  if (typeof retryAfter === 'number') return Math.min(retryAfter * 1000, LONGEST_RETRY_AFTER)
  return Math.min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY) * (0.5 + random() / 2)
}

/** Whether the same request may succeed in a moment: 429, 503, or no answer at all. */
export function isTemporary({ code, details }: PolisError): boolean {
  const { status } = ERRORS[code]
  return details.httpStatus === 503 || status === 429 || status === 503
}

async function attemptOnce(
  send: Fetch,
  base: string,
  sent: Sent,
  options: TransportOptions,
): Promise<Response | PolisError> {
  const { method, path, body, signal } = sent
  const init: RequestInit = {
    method,
    headers: headersOf(sent, options),
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  }
  try {
    const response = await send(base + path, init)
    return response.ok ? response : await readProblem(response)
  } catch (cause) {
    signal?.throwIfAborted()
    // The platform's own message is `fetch failed`; why is in its cause.
    const reason = PolisError.from(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause).message
    return new PolisError('UNREACHABLE', `The server at ${base} cannot be reached: ${reason}. Is it running?`, {
      cause,
    })
  }
}

function headersOf({ headers }: Sent, { token, apiKey, tenant }: TransportOptions): Record<string, string> {
  const credentials = token ?? apiKey
  return {
    ...(credentials === undefined ? {} : { authorization: `Bearer ${credentials}` }),
    ...(tenant === undefined ? {} : { 'polis-tenant': tenant }),
    ...headers,
  }
}

async function readProblem(response: Response): Promise<PolisError> {
  const text = await response.text().catch(() => '')
  const problem = parse(text)
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(after) && after >= 0 ? { retryAfter: after } : {}
  if (isErrorCode(problem.code)) {
    const { errors, details } = problem
    return new PolisError(problem.code, String(problem.detail ?? problem.title), {
      details: { ...(details as object), ...(errors === undefined ? {} : { errors }), ...retryAfter },
    })
  }
  return new PolisError(
    codeOf(response.status),
    `The server answered ${response.status} without a problem: ${text.slice(0, 200)}`,
    {
      details: {
        httpStatus: response.status,
        ...retryAfter,
        ...(problem.code === undefined ? {} : { unknownCode: problem.code }),
      },
    },
  )
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // A proxy's page of HTML: the status says enough.
    return {}
  }
}

// For answers that are not of this server, a proxy's for one.
function codeOf(status: number): ErrorCode {
  const known: Readonly<Record<number, ErrorCode>> = {
    401: 'UNAUTHENTICATED',
    403: 'FORBIDDEN',
    404: 'NOT_FOUND',
    413: 'TOO_LARGE',
    429: 'RATE_LIMITED',
    503: 'OVERLOADED',
    504: 'TIMEOUT',
  }
  return known[status] ?? 'INTERNAL'
}

function readBase(url: string): string {
  const parsed = URL.parse(url)
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return url.replace(/\/+$/, '')
  throw new PolisError('INVALID_ARGUMENT', `createClient: url: expected an http or https address, got '${url}'`)
}
