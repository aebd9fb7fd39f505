import { PolisError } from '../../core/error.ts'
import { rememberSecret } from '../../core/secret.ts'
import { resolveSecret, resolveSecrets, type SecretSource } from '../../core/secret-value.ts'
import type { RemoteConfig } from './open.ts'

/** The key and the headers of one provider. */
export interface Keyring {
  /** Where the key comes from, for people. */
  readonly source: string
  /** Reads them anew; throws MODEL_FAILED that says what is missing. */
  read(): Promise<{ readonly apiKey: string | undefined; readonly headers: Readonly<Record<string, string>> }>
  /** What has been read last, to be kept out of messages. */
  secrets(): readonly string[]
}

/** Reads the key of a provider where its configuration says, or from its usual variable. */
export function createKeyring(
  name: string,
  config: RemoteConfig,
  variable: string | undefined,
  secretSource: SecretSource,
): Keyring {
  const { apiKey = variable === undefined ? undefined : { env: variable }, headers = {} } = config
  const option = `models.providers.${name}`
  let last: readonly string[] = []
  const read = async () => {
    if (apiKey === undefined) return undefined
    if ('file' in apiKey) return (await resolveSecret(apiKey, `${option}.apiKey`, secretSource)).trim()
    const value = secretSource.env[apiKey.env]?.trim()
    if (value !== undefined && value !== '') return value
    throw new PolisError(
      'MODEL_FAILED',
      `Provider '${name}' has no key: expected it in the environment variable ${apiKey.env}, which is ${value === undefined ? 'not set' : 'empty'}. Set it, or name another place in ${option}.apiKey`,
      { details: { provider: name, reason: 'credentials', sent: false } },
    )
  }
  return {
    source: sourceOf(option, apiKey),
    async read() {
      try {
        const found: string[] = []
        const source = { ...secretSource, onSecret: (value: string) => found.push(value) }
        const [key, resolved] = await Promise.all([read(), resolveSecrets(headers, `${option}.headers`, source)])
        // It may be repeated by whatever else is given it, such as another library.
        if (key !== undefined) rememberSecret(key)
        // Whole headers first: they hold what was found for them.
        last = [...Object.values(resolved), ...found, ...(key === undefined ? [] : [key])]
        return { apiKey: key, headers: resolved }
      } catch (reason) {
        throw asFailed(name, reason)
      }
    },
    secrets: () => last,
  }
}

function sourceOf(option: string, apiKey: RemoteConfig['apiKey']): string {
  if (apiKey === undefined) return `${option}.apiKey, which is not given`
  return 'env' in apiKey ? `the environment variable ${apiKey.env}` : `the file ${apiKey.file} (${option}.apiKey)`
}

function asFailed(provider: string, reason: unknown): PolisError {
  const { code, message } = PolisError.from(reason)
  if (code === 'MODEL_FAILED') return PolisError.from(reason)
  return new PolisError('MODEL_FAILED', `Provider '${provider}' cannot be used: ${message}`, {
    details: { provider, reason: 'credentials', sent: false },
  })
}
