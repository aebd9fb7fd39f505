import { join } from 'node:path'
import type { LocalDurability } from '../../src/store/store.ts'
import type { Place } from './place.ts'

/** Where the cases of a suite have their stores. */
export interface Venue extends AsyncDisposable {
  /** Of the workers, in milliseconds. */
  readonly heartbeat: number
  /** A place for the store of one case, which may keep files in the folder. */
  placeIn(folder: string, durability: LocalDurability): Place
}

/** A file of its own for each store. */
export function sqliteVenue(): Venue {
  return {
    heartbeat: 1000,
    placeIn: (folder, durability) => ({ kind: 'sqlite', path: join(folder, 'store.db'), durability }),
    async [Symbol.asyncDispose]() {},
  }
}
