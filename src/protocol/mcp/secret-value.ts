import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { KnownSecrets } from '../../core/known-secrets.ts'
import { resolveSecrets as resolveAll, type SecretValue } from '../../core/secret-value.ts'

/** Where references are looked up. */
export interface SecretSource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that paths of files are relative to. */
  readonly cwd: string
  /** Learns what was looked up. */
  readonly secrets: KnownSecrets
}

/** The values with their references replaced, read anew at each connection; throws as `resolveSecrets` of the core does. */
export async function resolveSecrets(
  values: Readonly<Record<string, SecretValue>>,
  option: string,
  { env, cwd, secrets }: SecretSource,
): Promise<Record<string, string>> {
  return resolveAll(values, option, {
    env,
    read: (file) => readFile(resolve(cwd, file), 'utf8'),
    onSecret: secrets.add,
  })
}
