import { readFile } from 'node:fs/promises'
import { PolisError } from '../../../core/error.ts'

/** Reads the file that a setting names. @throws PolisError INVALID_CONFIG */
export async function readSettingFile(path: string, setting: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new PolisError(
      'INVALID_CONFIG',
      `${setting}: expected a readable file at ${path}, got ${reason}: create it, or correct the path`,
      { cause },
    )
  }
}
