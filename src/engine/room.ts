import { PolisError } from '../core/error.ts'
import type { BlobPort } from '../store/blob.ts'
import type { Store } from '../store/store.ts'

/** From this fill on nothing new is begun: what is left is for the runs that go on, and for the children that they start. */
const MOST_FILLED = 0.85

/** Whether the store has room for something new. */
export function hasRoom(store: Pick<Store, 'fill'>): boolean {
  return store.fill() < MOST_FILLED
}

/** STORE_FULL where the store has no room for something new. */
export function assertRoom(store: Pick<Store, 'fill'>): void {
  if (hasRoom(store)) return
  const got = `The store is ${Math.round(store.fill() * 100)} % full, and begins nothing new from ${MOST_FILLED * 100} % on`
  throw new PolisError(
    'STORE_FULL',
    `${got}: give it more memory, or remove runs that have ended. Runs that go on are not affected`,
    {
      details: { retryAfter: 5 },
    },
  )
}

/** The blobs of clients, which are refused where the store has no room; those of runs are not. */
export function blobsOfClients(store: Store): BlobPort {
  const { blob } = store
  return {
    ...blob,
    async put(tenant, bytes, info) {
      assertRoom(store)
      return blob.put(tenant, bytes, info)
    },
  }
}
