import { createHash } from 'node:crypto'
import type { Scope } from './route/operation.ts'
import { API_KEY_PREFIX } from './secret.ts'

/** What is kept of an API key: enough to recognise it, not enough to use it. */
export interface ApiKeyRecord {
  /** Written into journals as `by`. */
  readonly id: string
  /** Lower-case hexadecimal. */
  readonly sha256: string
  readonly tenant: string
  readonly scopes: readonly Scope[]
}

/** Who a new key is for. */
export interface ApiKeyRequest {
  readonly id: string
  readonly tenant: string
  readonly scopes: readonly Scope[]
  /** 32 random bytes. */
  readonly secret: Uint8Array
}

/** Makes an API key: the key, which is shown once and kept nowhere, and its record for the file `auth.api_keys_file`. */
export function createApiKey({ id, tenant, scopes, secret }: ApiKeyRequest): {
  readonly key: string
  readonly record: ApiKeyRecord
} {
  const key = `${API_KEY_PREFIX}${Buffer.from(secret).toString('base64url')}`
  return { key, record: { id, sha256: hashApiKey(key).toString('hex'), tenant, scopes } }
}

/** SHA-256 of a key. A fast hash is enough: the key has 256 bits of its own. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
