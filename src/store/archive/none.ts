import type { Archive } from '../archive.ts'
import { NO_COST } from '../cost.ts'

const NOTHING = { runs: 0, entries: 0, journalBytes: 0, blobs: 0, blobBytes: 0, disk: 0 }

/** The archive of a project that has none: it knows no run. */
export const NO_ARCHIVE: Archive = {
  name: 'none',
  put: () => Promise.reject(new TypeError('there is no archive')),
  get: async () => undefined,
  list: async () => ({ items: [] }),
  read: async () => [],
  blob: { head: async () => undefined, read: async () => undefined },
  turns: async () => [],
  cost: async () => NO_COST,
  sessions: async () => ({ items: [] }),
  remove: async () => false,
  removeSession: async () => 0,
  expire: async () => 0,
  usage: async () => NOTHING,
  ping: async () => {},
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
}
