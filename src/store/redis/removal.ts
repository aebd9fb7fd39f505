import type { IndexPort } from '../index-port.ts'
import { plainOperation } from './operation.ts'
import { idOf } from './record.ts'
import type { Shard } from './shard.ts'

type Removal = Pick<IndexPort, 'remove' | 'removeSession' | 'removeSessionRuns' | 'expire'>

/** The removals of the index port. A shard of several leaves blobs to those who ask all for what is referred to. */
export function createRemoval({ write }: Shard, keepsBlobs = false): Removal {
  return {
    remove: (tenant, run, sequence) =>
      write(plainOperation(['remove', idOf(tenant, run), sequence], (answer) => answer.boolean())),
    removeSession: (tenant, session) =>
      write(plainOperation(['remove-session', tenant, session], (answer) => answer.boolean())),
    removeSessionRuns: (tenant, session, limit) =>
      write(plainOperation(['remove-session-runs', tenant, session, limit], (answer) => answer.number())),
    expire: ({ endedBefore, chargedBefore, now, limit }) =>
      write(
        plainOperation(['expire', endedBefore, chargedBefore, now, limit, keepsBlobs], (answer) => answer.number()),
      ),
  }
}
