import { PolisError } from '../../core/error.ts'

/**
 * Whatever a request failed with, as an error to answer with.
 *
 * Errors of the framework are translated by their code; anything unforeseen becomes INTERNAL with a message that gives nothing away,
 * and keeps its cause for the log.
 */
export function toFault(reason: unknown, limit: number): PolisError {
  if (reason instanceof PolisError) return reason
  const code = codeOf(reason)
  const known = code === undefined ? undefined : translate(code, reason as Error, limit)
  return (
    known ??
    new PolisError(
      'INTERNAL',
      'Something went wrong inside the server. Its log has more under the id of this request',
      { cause: reason },
    )
  )
}

function translate(code: string, cause: Error, limit: number): PolisError | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(limit)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return new PolisError('UNSUPPORTED_MEDIA_TYPE', 'Expected a body of Content-Type application/json', { cause })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new PolisError('INVALID_ARGUMENT', 'The body is not as long as Content-Length says', { cause })
    case 'FST_ERR_BAD_URL':
      return new PolisError('INVALID_ARGUMENT', 'The path is not valid: its percent-encoding is broken', { cause })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new PolisError('INVALID_ARGUMENT', 'A part of the path is too long', { cause })
    case 'ECONNRESET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return new PolisError('INVALID_ARGUMENT', 'The body ended before it was whole', { cause })
    default:
      return undefined
  }
}

/** The error for a body over the limit in bytes. */
export function tooLarge(limit: number): PolisError {
  return new PolisError('TOO_LARGE', `The body is larger than server.max_body_bytes, ${limit} bytes`, {
    details: { limit },
  })
}

function codeOf(reason: unknown): string | undefined {
  if (typeof reason !== 'object' || reason === null || !('code' in reason)) return undefined
  return typeof reason.code === 'string' ? reason.code : undefined
}
