import { timingSafeEqual } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { type ApiKeyRecord, hashApiKey } from '../../core/api-key.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { API_KEY_PREFIX } from '../../core/secret.ts'
import { parseApiKeys } from './api-key-file.ts'
import { type Authenticator, bearerOf, type Credentials, headerOf } from './authenticator.ts'

/** Where the keys are. */
export interface ApiKeyOptions {
  readonly file: string
  readonly clock: Clock
  /** Told when a changed file cannot be read: the keys read before stay valid. */
  readonly warn?: (error: PolisError) => void
}

interface Key {
  readonly digest: Buffer
  readonly record: ApiKeyRecord
}

// The file is looked at no more often than this, so a revoked key is refused within a second.
const LOOK_AGAIN = 1000

/**
 * Accepts the API keys whose hashes are in a file, as `Authorization: Bearer polis_…` or `X-API-Key`. The file is read again when it
 * changes. Rejects with INVALID_CONFIG when it cannot be read at first.
 */
export async function createApiKeyAuthenticator({
  file,
  clock,
  warn = () => {},
}: ApiKeyOptions): Promise<Authenticator> {
  let current = { keys: await readKeys(file), version: await versionOf(file), seenAt: clock.now() }
  const look = async () => {
    const version = await versionOf(file)
    const seenAt = clock.now()
    current = version === current.version ? { ...current, seenAt } : { keys: await readKeys(file), version, seenAt }
  }
  return {
    name: 'api-keys',
    async authenticate(credentials) {
      if (clock.now() - current.seenAt >= LOOK_AGAIN) {
        await look().catch((reason) => {
          // A file that is half written or gone for a moment must not lock everyone out; it is looked at again.
          current = { ...current, seenAt: clock.now() }
          warn(PolisError.from(reason))
        })
      }
      return find(current.keys, keyOf(credentials))
    },
  }
}

function keyOf(credentials: Credentials): string {
  const key = bearerOf(credentials) ?? headerOf(credentials, 'x-api-key')
  if (key === undefined) throw refuse('Credentials are missing: send Authorization: Bearer with an API key')
  if (!key.startsWith(API_KEY_PREFIX) || key.length > 200)
    throw refuse(`The API key is not valid: keys begin with ${API_KEY_PREFIX}`)
  return key
}

// Looks at every key, whatever it finds, so that the time says nothing of where a key stands.
function find(keys: readonly Key[], given: string) {
  const digest = hashApiKey(given)
  let found: ApiKeyRecord | undefined
  for (const key of keys) if (timingSafeEqual(key.digest, digest)) found = key.record
  if (found === undefined) throw refuse('The API key is not valid: it is unknown or was revoked')
  return { id: `key:${found.id}`, tenant: found.tenant, scopes: found.scopes }
}

function refuse(message: string): PolisError {
  return new PolisError('UNAUTHENTICATED', message)
}

async function readKeys(file: string): Promise<readonly Key[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new PolisError(
      'INVALID_CONFIG',
      `auth.api_keys_file ${file} cannot be read: ${PolisError.from(cause).message}`,
      { cause },
    )
  })
  return parseApiKeys(text, file).map((record) => ({ digest: Buffer.from(record.sha256, 'hex'), record }))
}

async function versionOf(file: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file)
  return `${mtimeMs} ${size} ${ino}`
}
