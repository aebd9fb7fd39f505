import { createHash } from 'node:crypto'
import type { Entry } from '../../core/entry.ts'

/** What tells one journal from another: how many entries it has, and a SHA-256 over all that they say. */
export interface JournalDigest {
  readonly count: number
  readonly hash: string
}

/** Takes entries in order, in any pages, and says what they come to. */
export function createDigest(): { add(entries: readonly Entry[]): void; end(): JournalDigest } {
  const hash = createHash('sha256')
  let count = 0
  return {
    add: (entries) => {
      count += entries.length
      for (const { tenant, run, sequence, version, epoch, kind, time, release, blob, payload } of entries) {
        const header = [tenant, run, sequence, version, epoch, kind, time, release, blob ?? null, payload.byteLength]
        hash.update(`${JSON.stringify(header)}\n`).update(payload)
      }
    },
    end: () => ({ count, hash: hash.digest('hex') }),
  }
}
