import type { Verdict } from './status.ts'

/** A failure below HTTP. */
export interface NetworkFault {
  readonly verdict: Verdict
  /** Whether the provider may have got the request. */
  readonly sent: boolean
}

// What happens before a request is written: it costs nothing to try again.
const BEFORE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
])
const AFTER = /^(E[A-Z]+|UND_ERR_[A-Z_]+)$/
const CERTIFICATE = /CERT|SSL|TLS|SIGNED|VERIFY/

/** What a failure of the network means; undefined: it was none. */
export function networkFault(reason: unknown): NetworkFault | undefined {
  const code = codeOf(reason)
  if (code === undefined) return undefined
  if (CERTIFICATE.test(code)) {
    const advice = 'check baseUrl and the certificates that Node trusts (NODE_EXTRA_CA_CERTS)'
    const what = `the connection to the provider is not secure (${code})`
    return { verdict: { code: 'MODEL_FAILED', reason: 'certificate', what, advice }, sent: false }
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || code === 'ETIMEDOUT') {
    return {
      verdict: { code: 'MODEL_TIMEOUT', reason: 'timeout', what: `the connection fell silent (${code})` },
      sent: true,
    }
  }
  if (!BEFORE.has(code)) {
    const what = `the connection was lost before an answer came (${code})`
    return { verdict: { code: 'MODEL_UNAVAILABLE', reason: 'network', what }, sent: true }
  }
  const what = `the provider cannot be reached (${code})`
  const advice = 'check the network and baseUrl'
  return { verdict: { code: 'MODEL_UNAVAILABLE', reason: 'network', what, advice }, sent: false }
}

/** The code of the innermost error that has one. */
function codeOf(reason: unknown): string | undefined {
  let found: string | undefined
  const seen = new Set<unknown>()
  for (let error = reason; error instanceof Error && !seen.has(error); error = error.cause) {
    seen.add(error)
    if ('code' in error && typeof error.code === 'string' && (AFTER.test(error.code) || isBefore(error.code))) {
      found = error.code
    }
    // How undici says that the other side closed the connection within a body.
    if (found === undefined && error instanceof TypeError && error.message === 'terminated') found = 'UND_ERR_SOCKET'
  }
  return found
}

function isBefore(code: string): boolean {
  return BEFORE.has(code) || CERTIFICATE.test(code)
}
