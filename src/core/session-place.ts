import { PolisError } from './error.ts'

/** A place in the history of a session: after which entry of which turn. `createdAt` tells sessions of one name apart. */
export interface SessionPlace {
  readonly createdAt: number
  readonly turn: number
  readonly sequence: number
}

/** The place as text, opaque to clients. */
export function encodePlace({ createdAt, turn, sequence }: SessionPlace): string {
  return Buffer.from(JSON.stringify([createdAt, turn, sequence])).toString('base64url')
}

/** The place that a text stands for; INVALID_ARGUMENT when it is none of ours. */
export function decodePlace(cursor: string): SessionPlace {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && place.length === 3 && place.every((it) => Number.isSafeInteger(it) && it >= 0)) {
      const [createdAt, turn, sequence] = place
      return { createdAt, turn, sequence }
    }
  } catch {
    // Whatever it is, it is not a cursor of ours.
  }
  throw new PolisError(
    'INVALID_ARGUMENT',
    `Expected a cursor from a session, got ${JSON.stringify(cursor.slice(0, 100))}`,
  )
}
