import type { EnvironmentSpec } from '../../core/deployment/schema.ts'
import type { Settings } from '../../core/settings.ts'
import type { SecretPlan } from '../plan.ts'

/** Where files of secrets are, in the pods of agents. */
const FOLDER = '/var/run/secrets/agentpolis'

/** The Secrets of a deployment, one a purpose; a purpose without keys has none. */
export function planSecrets(name: string, { secrets, redis }: EnvironmentSpec): readonly SecretPlan[] {
  const of = (
    purpose: SecretPlan['purpose'],
    keys: Readonly<Record<string, string>>,
    use: SecretPlan['use'],
    more: Partial<SecretPlan> = {},
  ): readonly SecretPlan[] =>
    Object.keys(keys).length === 0
      ? []
      : [{ name: `${name}-${purpose}`, purpose, type: 'Opaque', keys, use, generated: [], ...more }]
  const files = (purpose: string) => ({ kind: 'files', folder: `${FOLDER}/${purpose}` }) as const
  const isOwn = redis.kind === 'managed' && Object.keys(secrets.redis).length === 0
  return [
    ...of('api-keys', secrets.apiKeys, { kind: 'env' }),
    ...of('database', secrets.database, { kind: 'env' }),
    ...of('cloud', secrets.cloud, { kind: 'env' }),
    ...of('jwt', secrets.jwt, files('jwt')),
    ...of('access', secrets.access, files('access')),
    ...of('redis', isOwn ? { password: 'random' } : secrets.redis, files('redis'), {
      generated: isOwn ? ['password'] : [],
    }),
    ...of('tls', secrets.tls, { kind: 'none' }, { type: 'kubernetes.io/tls' }),
  ]
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
