import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { API_KEY_PREFIX } from '../../core/secret.ts'
import type { Settings } from '../../core/settings.ts'
import { createApiKeyAuthenticator } from './api-keys.ts'
import { type Authenticator, bearerOf, headerOf } from './authenticator.ts'
import { createJwtAuthenticator, type JwtKeys } from './jwt.ts'
import { createOpenAuthenticator } from './open.ts'

/** Settings that say who is let in. */
export type AuthSettings = Pick<
  Settings,
  | 'auth.mode'
  | 'auth.api_keys_file'
  | 'auth.jwt_issuer'
  | 'auth.jwt_audience'
  | 'auth.jwt_jwks_url'
  | 'auth.jwt_jwks_file'
  | 'auth.jwt_tenant_claim'
  | 'server.host'
  | 'server.cors_origins'
>

/** What an authenticator is made from. */
export interface AuthOptions {
  readonly settings: AuthSettings
  /** Folder that relative files are looked for in. */
  readonly root: string
  readonly clock: Clock
  /** `open` is allowed in `dev` alone. */
  readonly dev: boolean
  readonly warn?: (error: PolisError) => void
}

/**
 * The authenticator that the settings ask for: open, API keys, tokens, or both of the latter.
 *
 * Rejects with INVALID_CONFIG when they ask for none, so that a server never starts open by mistake.
 */
export async function createAuthenticator(options: AuthOptions): Promise<Authenticator> {
  const { settings, dev } = options
  if (settings['auth.mode'] === 'open') {
    if (!dev)
      throw invalid('auth.mode is open, which is for polis dev alone. Set auth.api_keys_file or auth.jwt_issuer')
    return createOpenAuthenticator({ host: settings['server.host'], origins: settings['server.cors_origins'] })
  }
  const keys = await openApiKeys(options)
  const tokens = await openTokens(options)
  if (keys !== undefined && tokens !== undefined) return either(keys, tokens)
  const only = keys ?? tokens
  if (only === undefined)
    throw invalid(
      'auth.mode is required, and nobody could be let in. Set auth.api_keys_file, or auth.jwt_issuer, auth.jwt_audience and auth.jwt_jwks_url',
    )
  return only
}

async function openApiKeys({ settings, root, clock, warn }: AuthOptions): Promise<Authenticator | undefined> {
  const file = settings['auth.api_keys_file']
  if (file === undefined) return undefined
  return createApiKeyAuthenticator({ file: resolve(root, file), clock, ...(warn === undefined ? {} : { warn }) })
}

async function openTokens({ settings, root, clock }: AuthOptions): Promise<Authenticator | undefined> {
  const issuer = settings['auth.jwt_issuer']
  const audience = settings['auth.jwt_audience']
  const keys = await readKeys(settings, root)
  if (issuer === undefined && audience === undefined && keys === undefined) return undefined
  if (issuer === undefined || audience === undefined || keys === undefined) {
    throw invalid(
      'For JSON Web Tokens set auth.jwt_issuer, auth.jwt_audience, and auth.jwt_jwks_url or auth.jwt_jwks_file: one of them is missing',
    )
  }
  return createJwtAuthenticator({
    keys,
    issuer,
    audience,
    tenantClaim: settings['auth.jwt_tenant_claim'],
    now: clock.now,
  })
}

async function readKeys(settings: AuthSettings, root: string): Promise<JwtKeys | undefined> {
  const url = settings['auth.jwt_jwks_url']
  if (url !== undefined) return { kind: 'jwks-url', url }
  const file = settings['auth.jwt_jwks_file']
  if (file === undefined) return undefined
  const text = await readFile(resolve(root, file), 'utf8').catch((cause) => {
    throw new PolisError(
      'INVALID_CONFIG',
      `auth.jwt_jwks_file ${file} cannot be read: ${PolisError.from(cause).message}`,
      { cause },
    )
  })
  return { kind: 'jwks', text }
}

// What begins as our keys do is one; all else is a token.
function either(keys: Authenticator, tokens: Authenticator): Authenticator {
  return {
    name: `${keys.name}, ${tokens.name}`,
    authenticate(credentials) {
      const isKey =
        headerOf(credentials, 'x-api-key') !== undefined || bearerOf(credentials)?.startsWith(API_KEY_PREFIX) === true
      return (isKey ? keys : tokens).authenticate(credentials)
    },
  }
}

function invalid(message: string): PolisError {
  return new PolisError('INVALID_CONFIG', message)
}
