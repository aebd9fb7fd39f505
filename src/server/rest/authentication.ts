import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PolisError } from '../../core/error.ts'
import { isTenant } from '../../core/name.ts'
import type { Authenticator, Principal } from '../auth/authenticator.ts'
import { requireScope } from '../auth/scope.ts'
import './route-config.ts'

/**
 * Asks every request for credentials, before its body is read.
 *
 * Fails closed: a route must say `auth: 'required'` or `auth: 'public'`, or it is refused when it is added (INVALID_CONFIG); whatever an
 * authenticator rejects with, or answers that is not a principal, ends the request.
 */
export function addAuthentication(app: FastifyInstance, authenticator: Authenticator): void {
  app.decorateRequest('principal', null)
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.auth === 'required' || config?.auth === 'public') return
    throw new PolisError(
      'INVALID_CONFIG',
      `Route ${String(method)} ${url} does not say whether it needs credentials: set config.auth to required or public`,
    )
  })
  app.addHook('onRequest', async (request) => {
    const { auth, scope } = request.routeOptions.config
    // An unmatched path has no route and tells nothing: the answer is 404 or 405.
    if (auth === 'public' || request.is404) return
    request.principal = await authenticate(authenticator, request)
    requireScope(request.principal, scope)
  })
}

async function authenticate(authenticator: Authenticator, request: FastifyRequest): Promise<Principal> {
  const principal: Principal | undefined = await authenticator.authenticate({ headers: request.headers })
  if (typeof principal?.id !== 'string' || !isTenant(principal.tenant) || !Array.isArray(principal.scopes)) {
    throw new PolisError('INTERNAL', `The authenticator ${authenticator.name} answered without a principal`)
  }
  const wanted = request.headers['polis-tenant']
  if (wanted !== undefined && wanted !== principal.tenant) {
    throw new PolisError('FORBIDDEN', 'These credentials are of another tenant than Polis-Tenant asks for')
  }
  return principal
}
