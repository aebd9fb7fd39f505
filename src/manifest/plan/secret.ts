import type { EnvironmentSpec } from '../../core/deployment/schema.ts'
import type { Settings } from '../../core/settings.ts'
import type { GeneratedValue, SecretPlan } from '../plan.ts'

/** Where files of secrets are, in the pods of agents. */
const FOLDER = '/var/run/secrets/agentpolis'

/** The file of records of API keys, and the key that the first of them is of. */
const RECORDS = 'api-keys.jsonl'
const FIRST_KEY: GeneratedValue = { kind: 'api-key', id: 'first', key: 'api-key', record: RECORDS }

type Keys = SecretPlan['keys']

/** The Secrets of a deployment, one a purpose; a purpose without keys has none. */
export function planSecrets(
  name: string,
  { secrets, redis }: EnvironmentSpec,
  settings: Readonly<Record<string, unknown>>,
): readonly SecretPlan[] {
  const of = (
    purpose: SecretPlan['purpose'],
    keys: Keys,
    use: SecretPlan['use'],
    more: Partial<SecretPlan> = {},
  ): readonly SecretPlan[] =>
    Object.keys(keys).length === 0 ? [] : [{ name: `${name}-${purpose}`, purpose, type: 'Opaque', keys, use, ...more }]
  const files = (purpose: string) => ({ kind: 'files', folder: `${FOLDER}/${purpose}` }) as const
  // What a Redis of our own needs and nobody names is random.
  const own = (purpose: SecretPlan['purpose'], named: Keys, needed: readonly string[], use: SecretPlan['use']) =>
    redis.kind === 'external' || Object.keys(named).length > 0
      ? of(purpose, named, use)
      : of(purpose, Object.fromEntries(needed.map((key) => [key, true])), use, {
          generated: { kind: 'random', keys: needed },
        })
  return [
    ...of('api-keys', secrets.apiKeys, { kind: 'env' }),
    ...of('database', secrets.database, { kind: 'env' }),
    ...of('cloud', secrets.cloud, { kind: 'env' }),
    ...of('jwt', secrets.jwt, files('jwt')),
    ...(letsNobodyIn(secrets, settings)
      ? of('access', { [RECORDS]: true }, files('access'), { generated: FIRST_KEY })
      : of('access', secrets.access, files('access'))),
    ...own('redis', secrets.redis, ['password'], files('redis')),
    ...(redis.kind === 'managed'
      ? own('redis-servers', secrets.redisServers, ['server', 'probe'], { kind: 'none' })
      : []),
    ...of('tls', secrets.tls, { kind: 'none' }, { type: 'kubernetes.io/tls' }),
  ]
}

// A server that nobody may call does not start.
function letsNobodyIn(
  { access, jwt }: EnvironmentSpec['secrets'],
  settings: Readonly<Record<string, unknown>>,
): boolean {
  const ways = ['auth.mode', 'auth.api_keys_file', 'auth.jwt_issuer', 'auth.jwt_jwks_url', 'auth.jwt_jwks_file']
  return Object.keys({ ...access, ...jwt }).length === 0 && !ways.some((key) => settings[key] !== undefined)
}

/** Settings that say where the files of secrets are. */
export function secretSettings(secrets: readonly SecretPlan[]): Partial<Settings> {
  const file = (purpose: SecretPlan['purpose']) => {
    const secret = secrets.find((each) => each.purpose === purpose)
    const [key] = Object.keys(secret?.keys ?? {})
    return secret?.use.kind === 'files' && key !== undefined ? `${secret.use.folder}/${key}` : undefined
  }
  const [access, jwt, redis] = [file('access'), file('jwt'), file('redis')]
  return {
    ...(access === undefined ? {} : { 'auth.api_keys_file': access }),
    ...(jwt === undefined ? {} : { 'auth.jwt_jwks_file': jwt }),
    ...(redis === undefined ? {} : { 'redis.password_file': redis }),
  }
}
