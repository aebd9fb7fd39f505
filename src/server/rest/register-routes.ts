import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PolisError } from '../../core/error.ts'
import { PATHS } from '../../core/ports.ts'
import { CONTRACT, type Contract } from '../../core/route/contract.ts'
import { OPERATIONS, type Operation, type OperationId } from '../../core/route/operation.ts'
import { answer } from './answer.ts'
import type { RestDependencies } from './dependency.ts'
import { createContext } from './handler-context.ts'
import { HANDLERS } from './handlers.ts'
import { parseJsonBody } from './json-body.ts'
import { parseRequest } from './parse-request.ts'

/** Adds a route for each operation. `closing` aborts when the server closes. */
export async function registerRoutes(
  app: FastifyInstance,
  dependencies: RestDependencies,
  closing: AbortSignal,
): Promise<void> {
  const ids = Object.keys(OPERATIONS) as OperationId[]
  const takesBytes = (id: OperationId) => (CONTRACT[id] as Contract).body?.kind === 'bytes'
  await app.register(async (json) => {
    useJsonBodies(json)
    for (const id of ids.filter((it) => !takesBytes(it))) addRoute(json, id, dependencies, closing)
  })
  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers()
    raw.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    for (const id of ids.filter(takesBytes)) addRoute(raw, id, dependencies, closing)
  })
}

function useJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '') ?? []
      if (!/^utf-?8$/i.test(charset))
        throw new PolisError('UNSUPPORTED_MEDIA_TYPE', `Expected the charset utf-8, got ${charset.slice(0, 40)}`)
      return parseJsonBody(bytes)
    },
  )
}

function addRoute<Op extends OperationId>(
  app: FastifyInstance,
  id: Op,
  dependencies: RestDependencies,
  closing: AbortSignal,
): void {
  const { method, path, auth, scope }: Operation = OPERATIONS[id]
  app.route({
    method,
    url: PATHS.api + path.replace(/\{(\w+)\}/g, ':$1'),
    exposeHeadRoute: false,
    config: { auth, operation: id, ...(scope === undefined ? {} : { scope }) },
    preParsing: async (request, _reply, payload) => {
      refuseEncoding(request)
      return payload
    },
    handler: async (request, reply) => {
      const parsed = parseRequest(id, request)
      const answered = await HANDLERS[id](parsed, createContext(request, reply, dependencies, closing))
      return answer(reply, answered, dependencies.clock.now())
    },
  })
}

function refuseEncoding({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw new PolisError(
    'UNSUPPORTED_MEDIA_TYPE',
    `The body is encoded as ${encoding.slice(0, 40)}: send it without Content-Encoding`,
  )
}
