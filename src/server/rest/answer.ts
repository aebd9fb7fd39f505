import type { FastifyReply } from 'fastify'
import type { OperationId } from '../../core/route/operation.ts'
import type { Answered } from './handler.ts'

/** Sends what a handler answered. A stream without a media type of its own is one of events, which began `now` (ms). */
export function answer<Op extends OperationId>(reply: FastifyReply, answered: Answered<Op>, now: number): FastifyReply {
  const { status, body, stream, headers = {} } = answered
  reply.code(status).headers(headers)
  if (stream !== undefined) {
    if (!reply.hasHeader('content-type')) {
      reply.request.streamedAt = now
      reply.type('text/event-stream').header('x-accel-buffering', 'no')
    }
    return reply.send(stream)
  }
  if (body === undefined) return reply.send()
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
}
