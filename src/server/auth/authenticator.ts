import type { Scope } from '../../core/route/operation.ts'

/** What a request says of who sent it. Names of headers are lower case. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Who sent a request, and what they may do. */
export interface Principal {
  /** Written into journals as `by`; never a secret. */
  readonly id: string
  readonly tenant: string
  readonly scopes: readonly Scope[]
  /** When the credentials end (ms since the epoch): streams end with them. */
  readonly expiresAt?: number
}

/**
 * The authentication port.
 *
 * Fails closed: it resolves for good credentials alone and rejects for everything else, with UNAUTHENTICATED or FORBIDDEN where it
 * can say so. Whatever it rejects with, the request goes no further.
 */
export interface Authenticator {
  /** For logs: which adapter it is. */
  readonly name: string
  authenticate(credentials: Credentials): Promise<Principal>
}

/** The one value of a header; undefined when it is absent, empty or repeated. */
export function headerOf({ headers }: Credentials, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The token of `Authorization: Bearer …`, or undefined. */
export function bearerOf(credentials: Credentials): string | undefined {
  const [, token] = /^Bearer +([^\s,]+)$/i.exec(headerOf(credentials, 'authorization') ?? '') ?? []
  return token
}
