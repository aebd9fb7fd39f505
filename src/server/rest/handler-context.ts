import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../core/clock.ts'
import type { Principal } from '../auth/authenticator.ts'
import type { RestDependencies } from './dependency.ts'
import { tooLarge } from './fault.ts'
import type { HandlerContext } from './handler.ts'
import './route-config.ts'

/** What the handler of a request may use. Its signal aborts when the client has gone, `closing` aborts, or the credentials end. */
export function createContext(
  request: FastifyRequest,
  reply: FastifyReply,
  dependencies: RestDependencies,
  closing: AbortSignal,
): HandlerContext {
  const { service, blobs, transients, clock, gate, stream, settings } = dependencies
  // Public operations need no tenant and have none.
  const principal: Principal = request.principal ?? { id: 'anonymous', tenant: '', scopes: [] }
  return {
    ...{ service, blobs, transients, clock, gate, stream, principal },
    caller: { tenant: principal.tenant, by: principal.id },
    credentials: { headers: request.headers },
    bytes: limited(request.body, settings['server.max_body_bytes']),
    signal: AbortSignal.any([untilOver(reply, clock, principal), closing]),
    hold() {
      request.heldAt ??= clock.now()
      request.place?.hold()
    },
  }
}

function untilOver(reply: FastifyReply, clock: Clock, { expiresAt }: Principal): AbortSignal {
  const over = new AbortController()
  const end = () => over.abort()
  const cancel = expiresAt === undefined ? () => {} : clock.setTimer(expiresAt, end)
  reply.raw.once('close', () => {
    cancel()
    end()
  })
  return over.signal
}

async function* limited(body: unknown, limit: number): AsyncIterable<Uint8Array> {
  if (!(body instanceof Readable)) return
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    yield chunk
  }
}
