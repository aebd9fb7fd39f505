import { PolisError } from '../../core/error.ts'

/** The object in a file of the project. Throws INVALID_CONFIG that names the file where there is none. */
export function parseJson(text: string, file: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw new PolisError('INVALID_CONFIG', `${file}: expected JSON: ${PolisError.from(cause).message}`, {
      ...{ cause, details: { hint: 'Correct that file' } },
    })
  }
  throw new PolisError('INVALID_CONFIG', `${file}: expected an object`, { details: { hint: 'Correct that file' } })
}
