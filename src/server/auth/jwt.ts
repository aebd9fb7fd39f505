import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  importSPKI,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { PolisError } from '../../core/error.ts'
import { DEFAULT_TENANT, isTenant } from '../../core/name.ts'
import { type Authenticator, bearerOf, type Principal } from './authenticator.ts'
import { isScope } from './scope.ts'

/** Where the keys that sign tokens come from. */
export type JwtKeys =
  | { readonly kind: 'jwks-url'; readonly url: string }
  /** The text of a JSON Web Key Set. */
  | { readonly kind: 'jwks'; readonly text: string }
  /** A public key in PEM (SPKI). */
  | { readonly kind: 'public-key'; readonly pem: string; readonly algorithm: string }
  /** A shared secret, for HS256 and its kind; at least 32 bytes. */
  | { readonly kind: 'secret'; readonly secret: Uint8Array }

/** Which tokens are accepted. */
export interface JwtOptions {
  readonly keys: JwtKeys
  readonly issuer: string
  readonly audience: string
  /** By default the asymmetric ones, or HS256 for a secret. `none` is never accepted. */
  readonly algorithms?: readonly string[]
  /** Claim that names the tenant; a token without it is refused, unless the claim's name is empty: then everyone is `default`. */
  readonly tenantClaim?: string
  /** Claim with the scopes: a list, or a text with spaces. */
  readonly scopesClaim?: string
  /** Present time, ms since the epoch. */
  readonly now: () => number
}

const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** Accepts JSON Web Tokens of one issuer, as `Authorization: Bearer`. Rejects with INVALID_CONFIG for keys that cannot be used. */
export async function createJwtAuthenticator(options: JwtOptions): Promise<Authenticator> {
  const { keys, issuer, audience, now } = options
  const algorithms = [...(options.algorithms ?? (keys.kind === 'secret' ? ['HS256'] : ASYMMETRIC))]
  checkAlgorithms(algorithms, keys)
  const resolve = await readKeys(keys)
  return {
    name: 'jwt',
    async authenticate(credentials) {
      const token = bearerOf(credentials)
      if (token === undefined) throw refuse('Credentials are missing: send Authorization: Bearer with a token')
      const checks = {
        issuer,
        audience,
        algorithms,
        currentDate: new Date(now()),
        clockTolerance: 5,
        requiredClaims: ['exp', 'sub'],
      }
      const { payload } = await jwtVerify(token, resolve, checks).catch((cause) => {
        throw refuse(explain(cause), cause)
      })
      return principalOf(payload, options)
    },
  }
}

function checkAlgorithms(algorithms: readonly string[], keys: JwtKeys): void {
  const symmetric = (algorithm: string) => algorithm.startsWith('HS')
  // A public key used as an HMAC secret is the classic forgery.
  if (algorithms.length > 0 && algorithms.every((it) => it !== 'none' && symmetric(it) === (keys.kind === 'secret')))
    return
  throw new PolisError(
    'INVALID_CONFIG',
    `auth.jwt: the algorithms ${algorithms.join(', ')} do not go with keys of kind ${keys.kind}`,
  )
}

async function readKeys(keys: JwtKeys): Promise<JWTVerifyGetKey> {
  try {
    if (keys.kind === 'jwks-url')
      return createRemoteJWKSet(new URL(keys.url), { timeoutDuration: 5000, cooldownDuration: 30_000 })
    if (keys.kind === 'jwks') return createLocalJWKSet(JSON.parse(keys.text))
    if (keys.kind === 'secret' && keys.secret.byteLength < 32) throw new Error('a secret has at least 32 bytes')
    const key = keys.kind === 'secret' ? keys.secret : await importSPKI(keys.pem, keys.algorithm)
    return async () => key
  } catch (cause) {
    throw new PolisError(
      'INVALID_CONFIG',
      `auth.jwt: the keys (${keys.kind}) cannot be used: ${PolisError.from(cause).message}`,
      { cause },
    )
  }
}

function principalOf(payload: JWTPayload, { tenantClaim = 'tenant', scopesClaim = 'scope' }: JwtOptions): Principal {
  const tenant = tenantClaim === '' ? DEFAULT_TENANT : payload[tenantClaim]
  if (!isTenant(tenant)) throw refuse(`The token has no tenant: expected the claim ${tenantClaim}`)
  const claim = payload[scopesClaim]
  const scopes = (Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : []).filter(isScope)
  return {
    id: `jwt:${payload.sub}`,
    tenant,
    scopes,
    ...(payload.exp === undefined ? {} : { expiresAt: payload.exp * 1000 }),
  }
}

function explain(cause: unknown): string {
  if (cause instanceof errors.JWTExpired) return 'The token has expired'
  if (cause instanceof errors.JWTClaimValidationFailed) return `The token's claim ${cause.claim} is not as expected`
  if (cause instanceof errors.JOSEAlgNotAllowed) return "The token's algorithm is not allowed"
  if (cause instanceof errors.JWSSignatureVerificationFailed || cause instanceof errors.JWKSNoMatchingKey) {
    return "The token's signature is not of a key that is accepted"
  }
  if (cause instanceof errors.JWSInvalid || cause instanceof errors.JWTInvalid)
    return 'The token is not a JSON Web Token'
  return 'The token could not be checked: the key set cannot be fetched'
}

function refuse(message: string, cause?: unknown): PolisError {
  return new PolisError('UNAUTHENTICATED', message, cause === undefined ? {} : { cause })
}
