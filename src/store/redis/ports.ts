import type { IndexPort } from '../index-port.ts'
import type { Store } from '../store.ts'
import { createBlobPort } from './blob.ts'
import { claimOperation } from './claim.ts'
import { createCosts } from './costs.ts'
import { createEnded } from './ended.ts'
import { createJournal } from './journal.ts'
import { createLead } from './lead.ts'
import { createQuestionList } from './question-list.ts'
import { getOperation } from './record.ts'
import { createRemoval } from './removal.ts'
import { createRunList } from './run-list.ts'
import { createScheduling } from './schedule.ts'
import { createSessionChange } from './session-change.ts'
import { createSessionList } from './session-list.ts'
import type { Shard } from './shard.ts'
import { createTransfer } from './transfer.ts'
import type { Workers } from './worker.ts'

/** The ports over one shard; one of several leaves blobs to those who ask all shards for what is referred to. */
export function portsOf(
  shard: Shard,
  { releaseAll, ...workers }: Workers,
  now: () => number,
  isOneOfSeveral = false,
): Pick<Store, 'journal' | 'index' | 'coordination' | 'blob' | 'transfer'> {
  return {
    journal: createJournal(shard),
    index: indexPort(shard, isOneOfSeveral),
    coordination: {
      ...createScheduling(shard),
      lease: 'time',
      ...workers,
      lead: createLead(shard),
      claim: (request) => shard.write(claimOperation(request)),
    },
    blob: createBlobPort(shard),
    transfer: createTransfer(shard, now),
  }
}

function indexPort(shard: Shard, keepsBlobs: boolean): IndexPort {
  return {
    get: (tenant, run) => shard.read(getOperation(tenant, run)),
    ...createRunList(shard),
    ...createEnded(shard),
    ...createQuestionList(shard),
    ...createSessionList(shard),
    ...createSessionChange(shard),
    ...createCosts(shard),
    ...createRemoval(shard, keepsBlobs),
  }
}
