import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { ERRORS, PolisError } from '../../core/error.ts'
import { PROBLEM_TYPE, toProblem } from './problem.ts'

/** Answers on a bare socket to what is not even an HTTP request, and closes the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const fault = explain(error.code)
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : ERRORS[fault.code].status
  const body = JSON.stringify({ ...toProblem(fault, randomUUID()), status })
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function explain(code: string | undefined): PolisError {
  if (code === 'HPE_HEADER_OVERFLOW') return new PolisError('TOO_LARGE', 'The headers are larger than 16 KiB')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new PolisError('TIMEOUT', 'The request took too long to arrive')
  return new PolisError('INVALID_ARGUMENT', 'This is not a valid HTTP request')
}
