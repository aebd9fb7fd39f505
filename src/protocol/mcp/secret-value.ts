import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { PolisError } from '../../core/error.ts'
import type { SecretValue } from './config.ts'

/** Where references are looked up. */
export interface SecretSource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that paths of files are relative to. */
  readonly cwd: string
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}/g

/**
 * The values with their references replaced, read anew at each connection so that a rotated secret is picked up.
 *
 * Throws INVALID_CONFIG naming the option (`servers.files.env.TOKEN`) and what is missing, never a value.
 */
export async function resolveSecrets(
  values: Readonly<Record<string, SecretValue>>,
  option: string,
  source: SecretSource,
): Promise<Record<string, string>> {
  const pairs = Object.entries(values).map(async ([name, value]) => {
    const path = `${option}.${name}`
    const resolved =
      typeof value === 'string' ? expand(value, path, source) : await readSecret(value.file, path, source)
    return [name, resolved] as const
  })
  return Object.fromEntries(await Promise.all(pairs))
}

function expand(text: string, option: string, { env }: SecretSource): string {
  return text.replace(REFERENCE, (whole, name: string | undefined) => {
    if (name === undefined) return '${'
    const value = env[name]
    if (value !== undefined) return value
    throw new PolisError(
      'INVALID_CONFIG',
      `${option}: ${whole} names an environment variable that is not set: set ${name || 'a name between the braces'}, or write $\${ for the plain characters`,
      { details: { option } },
    )
  })
}

async function readSecret(file: string, option: string, { cwd }: SecretSource): Promise<string> {
  const path = resolve(cwd, file)
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new PolisError(
      'INVALID_CONFIG',
      `${option}.file: expected a readable file at ${path}, got ${reason}: create it or correct the path`,
      { cause, details: { option } },
    )
  }
}
