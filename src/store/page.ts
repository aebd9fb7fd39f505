import { PolisError } from '../core/error.ts'
import type { Page, Paged } from './index-port.ts'

/** Where an item stands in a list that is newest first: its time, then what tells it from others of that time. */
export type Place = readonly [time: number, ...ids: string[]]

/** The order of lists: by time, then by what tells items of one time apart, both downwards. */
export function newestFirst(a: Place, b: Place): number {
  return oldestFirst(b, a)
}

/** The same upwards. */
export function oldestFirst(a: Place, b: Place): number {
  const index = a.findIndex((part, at) => part !== b[at])
  const [x = 0, y = 0] = [a[index], b[index]]
  return index < 0 ? 0 : x < y ? -1 : 1
}

/** Before everything: no time is later. */
const START: Place = [Number.MAX_SAFE_INTEGER]

/** The place after which the page begins. INVALID_ARGUMENT when the cursor is none of ours. */
export function placeAfter({ cursor }: Page): Place {
  return cursor === undefined ? START : decodeCursor(cursor)
}

/**
 * The page of the rows, of which there may be more than it holds.
 *
 * Its cursor is the place of the last item given, so that what comes or goes elsewhere moves nothing.
 */
export function pageOf<Row, T>(
  rows: readonly Row[],
  { limit }: Page,
  placeOf: (row: Row) => Place,
  itemOf: (row: Row) => T,
): Paged<T> {
  const shown = rows.slice(0, limit)
  const items = shown.map(itemOf)
  const last = shown.at(-1)
  return rows.length > limit && last !== undefined ? { items, cursor: encodeCursor(placeOf(last)) } : { items }
}

function encodeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function decodeCursor(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place)) {
      const [time, ...ids] = place
      if (typeof time === 'number' && ids.every((id) => typeof id === 'string')) return [time, ...ids]
    }
  } catch {
    // Whatever it is, it is not a cursor of ours.
  }
  throw new PolisError('INVALID_ARGUMENT', `Expected a cursor from an earlier page, got ${JSON.stringify(cursor)}`)
}
