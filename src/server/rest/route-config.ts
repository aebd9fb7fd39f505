import type { OperationId, Scope } from '../../core/route/operation.ts'
import type { Principal } from '../auth/authenticator.ts'
import type { Place } from './load.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether credentials are asked for. A route that does not say is refused at start. */
    readonly auth?: 'required' | 'public'
    readonly scope?: Scope
    /** Absent on routes that are not of the API, such as probes: those are neither limited nor refused while draining. */
    readonly operation?: OperationId
  }
  interface FastifyRequest {
    /** Who sent it; null on public routes, and until it is known. */
    principal: Principal | null
    place: Place | null
    /** When its stream of events began, ms. */
    streamedAt: number | null
    /** From when on it only waited for a run, ms. */
    heldAt: number | null
  }
}
