import { PolisError } from '../../core/error.ts'
import { SCOPES, type Scope } from '../../core/route/operation.ts'
import type { Principal } from './authenticator.ts'

/** Whether a text is a scope. */
export function isScope(value: unknown): value is Scope {
  return SCOPES.some((scope) => scope === value)
}

/** FORBIDDEN unless the principal has the scope; `admin` has every one. */
export function requireScope(principal: Principal, scope: Scope | undefined): void {
  if (scope === undefined || principal.scopes.includes('admin') || principal.scopes.includes(scope)) return
  const held = principal.scopes.length === 0 ? 'none' : principal.scopes.join(', ')
  throw new PolisError('FORBIDDEN', `This needs the scope ${scope}; these credentials have ${held}`, {
    details: { scope },
  })
}
