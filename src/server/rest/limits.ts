import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PolisError } from '../../core/error.ts'
import type { RestSettings } from './dependency.ts'
import { createLoad } from './load.ts'
import './route-config.ts'

// Requests are counted over this window, so that a short burst within the rate is let through.
const WINDOW = 10

/** Limits what is worked on at once, and each principal's rate. Goes after authentication. */
export async function addLimits(app: FastifyInstance, settings: RestSettings): Promise<void> {
  const load = createLoad(settings['server.max_concurrent_requests'])
  app.decorateRequest('place', null)
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.operation === undefined) return
    const place = load.enter()
    request.place = place
    reply.raw.once('close', place.release)
  })
  const rate = settings['server.rate_limit']
  if (rate > 0) await addRateLimit(app, rate)
}

async function addRateLimit(app: FastifyInstance, rate: number): Promise<void> {
  await app.register(rateLimit, {
    max: rate * WINDOW,
    timeWindow: WINDOW * 1000,
    enableDraftSpec: true,
    keyGenerator: keyOf,
    allowList: (request: FastifyRequest) => request.routeOptions.config.operation === undefined,
    errorResponseBuilder: (_request, { ttl }) =>
      new PolisError(
        'RATE_LIMITED',
        `More than ${rate} requests a second (server.rate_limit). Try again in ${Math.ceil(ttl / 1000)} s`,
        {
          details: { retryAfter: Math.ceil(ttl / 1000) },
        },
      ),
  })
}

// Public routes have no principal: there the address counts.
function keyOf({ principal, ip }: FastifyRequest): string {
  return principal === null ? `ip ${ip}` : `${principal.tenant} ${principal.id}`
}
