import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PolisError } from '../core/error.ts'

/**
 * Writes a file that an option named, and the folders above it.
 *
 * @throws PolisError INVALID_ARGUMENT where it cannot be written: it names the option, and says why.
 */
export async function writeOut(file: string, text: string, option: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  } catch (cause) {
    throw notWritten(file, option, cause)
  }
}

/** What to say of a file that an option named, and that could not be written. */
export function notWritten(file: string, option: string, cause: unknown): PolisError {
  return new PolisError(
    'INVALID_ARGUMENT',
    `${option}: expected a file that can be written, got ${file}: ${PolisError.from(cause).message}`,
    { cause, details: { hint: 'Give a path that may be written to' } },
  )
}
