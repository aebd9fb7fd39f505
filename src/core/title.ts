import { PolisError } from './error.ts'

/** The longest title of a session, in characters. */
const TITLE_LIMIT = 200

/** The title without spaces around it, if it is one; else INVALID_ARGUMENT. */
export function assertTitle(title: unknown): string {
  const text = typeof title === 'string' ? title.trim() : ''
  if (text !== '' && text.length <= TITLE_LIMIT) return text
  const got = typeof title === 'string' ? `${title.length} characters` : typeof title
  throw new PolisError(
    'INVALID_ARGUMENT',
    `Expected a title of a session to be a text of 1 to ${TITLE_LIMIT} characters, got ${got}`,
  )
}
