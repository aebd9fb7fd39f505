import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { resolveSecrets as resolveAll, type SecretValue } from '../../core/secret-value.ts'

/** Where references are looked up. */
export interface SecretSource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that paths of files are relative to. */
  readonly cwd: string
}

/** The values with their references replaced, read anew at each connection; throws as `resolveSecrets` of the core does. */
export async function resolveSecrets(
  values: Readonly<Record<string, SecretValue>>,
  option: string,
  { env, cwd }: SecretSource,
): Promise<Record<string, string>> {
  return resolveAll(values, option, { env, read: (file) => readFile(resolve(cwd, file), 'utf8') })
}
