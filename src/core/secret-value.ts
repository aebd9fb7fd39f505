import { PolisError } from './error.ts'

/** A value that may be a secret: a text in which `${NAME}` is replaced by an environment variable (`$${` stands for `${`), or a file's content without its last line break. */
export type SecretValue = string | { readonly file: string }

/** Where references are looked up. */
export interface SecretSource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Reads a file as text; its path is as the project wrote it. */
  readonly read: (file: string) => Promise<string>
  /** Sees each value that was looked up, so that it can be kept out of messages. */
  readonly onSecret?: (value: string) => void
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}/g

/**
 * The values with their references replaced; ask each time they are used, so that a rotated secret is picked up.
 *
 * Throws INVALID_CONFIG naming the option (`servers.files.env.TOKEN`) and what is missing, never a value.
 */
export async function resolveSecrets(
  values: Readonly<Record<string, SecretValue>>,
  option: string,
  source: SecretSource,
): Promise<Record<string, string>> {
  const pairs = Object.entries(values).map(async ([name, value]) => {
    return [name, await resolveSecret(value, `${option}.${name}`, source)] as const
  })
  return Object.fromEntries(await Promise.all(pairs))
}

/** One value with its references replaced. Throws as `resolveSecrets` does. */
export async function resolveSecret(value: SecretValue, option: string, source: SecretSource): Promise<string> {
  return typeof value === 'string' ? expand(value, option, source) : await readSecret(value.file, option, source)
}

function expand(text: string, option: string, { env, onSecret }: SecretSource): string {
  return text.replace(REFERENCE, (whole, name: string | undefined) => {
    if (name === undefined) return '${'
    const value = env[name]
    if (value !== undefined) {
      onSecret?.(value)
      return value
    }
    throw new PolisError(
      'INVALID_CONFIG',
      `${option}: ${whole} names an environment variable that is not set: set ${name || 'a name between the braces'}, or write $\${ for the plain characters`,
      { details: { option } },
    )
  })
}

async function readSecret(file: string, option: string, { read, onSecret }: SecretSource): Promise<string> {
  try {
    const value = (await read(file)).replace(/\r?\n$/, '')
    onSecret?.(value)
    return value
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new PolisError(
      'INVALID_CONFIG',
      `${option}.file: expected a readable file at ${file}, got ${reason}: create it or correct the path`,
      { cause, details: { option } },
    )
  }
}
