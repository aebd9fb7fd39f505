import { PolisError } from '../../core/error.ts'
import { DEFAULT_TENANT, isTenant } from '../../core/name.ts'
import { type Authenticator, type Credentials, headerOf, type Principal } from './authenticator.ts'
import { hostNameOf, isLoopback } from './loopback.ts'

/** Where the open authenticator is to be used. */
export interface OpenOptions {
  /** Address that the listener binds: only a loopback address is accepted. */
  readonly host: string
  /** Origins of web pages that may call, beside pages served from this machine. */
  readonly origins?: readonly string[]
}

/**
 * Lets everyone in who is on this machine: for `polis dev` alone.
 *
 * A web page of a stranger runs on this machine too. It is kept out by its Origin, and, where it made its own name resolve to this
 * machine (DNS rebinding), by the Host. The tenant is the header `Polis-Tenant`, else `default`. Throws INVALID_CONFIG when the
 * listener could be reached from elsewhere.
 */
export function createOpenAuthenticator({ host, origins = [] }: OpenOptions): Authenticator {
  if (!isLoopback(host)) {
    throw new PolisError(
      'INVALID_CONFIG',
      `auth.mode is open, which is allowed on a loopback address alone, and server.host is ${host}. Set auth.mode to required and auth.api_keys_file, or server.host to 127.0.0.1`,
    )
  }
  return { name: 'open', authenticate: async (credentials) => admit(credentials, origins) }
}

function admit(credentials: Credentials, origins: readonly string[]): Principal {
  checkHost(headerOf(credentials, 'host'))
  checkOrigin(credentials, origins)
  const tenant = headerOf(credentials, 'polis-tenant') ?? DEFAULT_TENANT
  if (!isTenant(tenant))
    throw new PolisError(
      'INVALID_ARGUMENT',
      'Expected Polis-Tenant to be letters, digits, hyphens or underscores, at most 63',
    )
  return { id: 'local', tenant, scopes: ['admin'] }
}

function checkHost(host: string | undefined): void {
  if (host !== undefined && isLoopback(hostNameOf(host))) return
  throw new PolisError(
    'FORBIDDEN',
    `Without credentials this server answers to localhost alone, and the Host header says ${show(host)}`,
  )
}

function checkOrigin(credentials: Credentials, origins: readonly string[]): void {
  const given = credentials.headers.origin
  if (given === undefined) return
  if (typeof given === 'string' && (origins.includes(given) || isLocalOrigin(given))) return
  throw new PolisError(
    'FORBIDDEN',
    `Web pages of ${show(given)} may not call this server. Add the origin to server.cors_origins if they should`,
  )
}

function isLocalOrigin(origin: string): boolean {
  const url = URL.parse(origin)
  return url !== null && /^https?:$/.test(url.protocol) && isLoopback(url.hostname)
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 100)}'` : 'nothing'
}
