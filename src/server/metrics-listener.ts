import fastify, { type FastifyInstance } from 'fastify'
import { PATHS } from '../core/ports.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'

/** The server of `/metrics`, ready to listen: a port of its own, so that the API's need not be open to the scraper. */
export function createMetricsServer(metrics: Metrics): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true, requestTimeout: 10_000 })
  app.get(PATHS.metrics, async (_request, reply) => {
    const text = await metrics.text()
    return reply.header('content-type', metrics.contentType).header('cache-control', 'no-store').send(text)
  })
  return app
}
