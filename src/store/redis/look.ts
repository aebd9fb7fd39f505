import type { Page } from '../index-port.ts'
import { type Place, placeAfter } from '../page.ts'
import type { Answer } from './answer.ts'
import { readAll } from './operation.ts'

/** A place in a sorted set: the score, and the member. */
export type ListPlace = readonly [score: number, member: string]

/** What one call found of a list, and where to look on; undefined at its end. */
export interface Look<T> {
  readonly found: readonly T[]
  readonly on: ListPlace | undefined
}

/**
 * Looks a list through until so many items are found: each call looks at a bounded number of places.
 *
 * What comes or goes between two calls is found where it stands, as between two pages.
 */
export async function lookThrough<T>(
  wanted: number,
  after: ListPlace | undefined,
  look: (after: ListPlace | undefined, wanted: number) => Promise<Look<T>>,
): Promise<readonly T[]> {
  const items: T[] = []
  let place = after
  do {
    const { found, on } = await look(place, wanted - items.length)
    items.push(...found)
    place = on
  } while (place !== undefined && items.length < wanted)
  return items
}

/** Reads a look. */
export function readLook<T>(answer: Answer, readItem: (answer: Answer) => T): Look<T> {
  answer.array()
  const found = readAll(answer, readItem)
  return { found, on: readPlace(answer) }
}

/** Where a page begins; `memberOf` makes a member of what its cursor names. INVALID_ARGUMENT when the cursor is none of ours. */
export function listPlace(page: Page, memberOf: (ids: readonly string[]) => string): ListPlace | undefined {
  if (page.cursor === undefined) return undefined
  const [time, ...ids]: Place = placeAfter(page)
  return [time, memberOf(ids)]
}

function readPlace(answer: Answer): ListPlace | undefined {
  if (answer.kind() !== 'array') return void answer.skip()
  answer.array()
  return [answer.number(), answer.text()]
}
