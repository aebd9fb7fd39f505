import cors from '@fastify/cors'
import fastify, { type FastifyInstance } from 'fastify'
import { ERRORS } from '../../core/error.ts'
import { isKey } from '../../core/name.ts'
import type { Log } from '../../telemetry/log.ts'
import { addAuthentication } from './authentication.ts'
import { answerClientError } from './client-error.ts'
import { addConnections } from './connection.ts'
import type { RestDependencies, RestSettings } from './dependency.ts'
import { toFault } from './fault.ts'
import { addLimits } from './limits.ts'
import { unmatched } from './not-found.ts'
import { addObservation, UNMATCHED } from './observation.ts'
import { sendProblem } from './problem.ts'
import { registerRoutes } from './register-routes.ts'
import { addSecurityHeaders } from './security-headers.ts'

/**
 * The REST server, ready to have other routes added (each with `config.auth`) and to listen.
 *
 * Closing it ends streams and waits at once, so that nothing keeps it open but requests that are worked on, and a moment for clients to
 * hear of it where others can serve them. Rejects with INVALID_CONFIG when a route does not say whether it needs credentials.
 */
export async function createRestServer(dependencies: RestDependencies): Promise<FastifyInstance> {
  const { authenticator, settings, log } = dependencies
  const app = createApp(dependencies)
  const closing = new AbortController()
  addClosing(app, closing, addConnections(app, dependencies))
  addSecurityHeaders(app)
  addObservation(app, dependencies)
  await addCors(app, settings['server.cors_origins'])
  addErrors(app, settings, log)
  addAuthentication(app, authenticator)
  await addLimits(app, settings)
  await registerRoutes(app, dependencies, closing.signal)
  return app
}

// A connection whose last response ends while the server closes is closed with it, instead of being kept alive for a minute.
function addClosing(app: FastifyInstance, closing: AbortController, farewell: () => Promise<void>): void {
  app.addHook('preClose', async () => {
    closing.abort()
    await farewell()
  })
  app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
    reply.raw.once('finish', () => {
      if (closing.signal.aborted) socket.destroySoon?.()
    })
  })
}

function createApp({ settings, log, metrics, requestId }: RestDependencies): FastifyInstance {
  const limit = settings['server.max_body_bytes']
  return fastify({
    logger: false,
    bodyLimit: limit,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestTimeout: 300_000,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && given.length <= 128 && isKey(given) ? given : requestId()
    },
    // Ids of questions are paths of scopes, and percent-encoded.
    routerOptions: { maxParamLength: 4096 },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      const fault = toFault(error, limit)
      if (fault.code === 'INTERNAL') log.error({ request: request.id, error }, 'request failed')
      // No hook runs for these, so that they are counted here.
      metrics.increment('http_requests_total', {
        method: request.method,
        endpoint: UNMATCHED,
        status_code: String(ERRORS[fault.code].status),
      })
      reply.header('x-request-id', request.id)
      sendProblem(reply, fault)
    },
  })
}

async function addCors(app: FastifyInstance, origins: RestSettings['server.cors_origins']): Promise<void> {
  if (origins.length === 0) return
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'last-event-id',
      'polis-name',
      'polis-tenant',
      'prefer',
      'x-api-key',
      'x-request-id',
    ],
    exposedHeaders: [
      'location',
      'retry-after',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'preference-applied',
      'x-request-id',
    ],
    maxAge: 600,
  })
}

function addErrors(app: FastifyInstance, settings: RestSettings, log: Log): void {
  app.setErrorHandler((reason, request, reply) => {
    const fault = toFault(reason, settings['server.max_body_bytes'])
    const at = { request: request.id, code: fault.code }
    if (fault.code === 'INTERNAL') log.error({ ...at, error: fault.cause ?? fault }, 'request failed')
    else log.debug({ ...at, detail: fault.message }, 'request refused')
    return sendProblem(reply, fault)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(reply, unmatched(request.method, request.url)))
}
