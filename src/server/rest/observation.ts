import type { FastifyInstance } from 'fastify'
import type { RestDependencies } from './dependency.ts'
import './route-config.ts'

/** Endpoint of requests that no route matched, so that strangers cannot make up labels. */
export const UNMATCHED = 'unmatched'

/**
 * Counts and logs every request once, when its response is over or cut off. Endpoints are patterns of routes, never raw paths.
 *
 * The duration of a stream, or of a wait for a run, is the time until it began: how long a client follows says nothing of the server.
 */
export function addObservation(
  app: FastifyInstance,
  { clock, metrics, log }: Pick<RestDependencies, 'clock' | 'metrics' | 'log'>,
): void {
  let streams = 0
  app.decorateRequest('streamedAt', null)
  app.decorateRequest('heldAt', null)
  app.addHook('onSend', async (request) => {
    if (request.streamedAt !== null) metrics.set('event_streams_active', {}, ++streams)
  })
  app.addHook('onRequest', async (request, reply) => {
    const started = clock.now()
    reply.raw.once('close', () => {
      const { method } = request
      if (request.streamedAt !== null) metrics.set('event_streams_active', {}, --streams)
      const endpoint = request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED)
      const status = reply.raw.statusCode
      const seconds = ((request.heldAt ?? request.streamedAt ?? clock.now()) - started) / 1000
      metrics.increment('http_requests_total', { method, endpoint, status_code: String(status) })
      metrics.observe('http_request_duration_seconds', { method, endpoint }, seconds)
      log.debug({ request: request.id, method, endpoint, status, seconds, cut: !reply.raw.writableEnded }, 'request')
    })
  })
}
