import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../telemetry/log.ts'
import { type Metrics, silentMetrics } from '../../telemetry/metrics-port.ts'
import type { IndexPort } from '../index-port.ts'
import type { Durability, Store } from '../store.ts'
import { createBlobPort } from './blob.ts'
import { claimOperation } from './claim.ts'
import { createCosts } from './costs.ts'
import { createEnded } from './ended.ts'
import { openFormat } from './format.ts'
import { createJournal } from './journal.ts'
import { createLead } from './lead.ts'
import type { Link } from './link.ts'
import { createQuestionList } from './question-list.ts'
import { getOperation } from './record.ts'
import { createRemoval } from './removal.ts'
import { createRunList } from './run-list.ts'
import { createScheduling } from './schedule.ts'
import { createSessionChange } from './session-change.ts'
import { createSessionList } from './session-list.ts'
import { createShard, type Shard } from './shard.ts'
import { createTransfer } from './transfer.ts'
import { readUsage } from './usage.ts'
import { createWorkers, type Workers } from './worker.ts'

/** What a Redis store is opened with. */
export interface RedisStoreOptions {
  /** It is closed with the store. */
  readonly link: Link
  /** What the link waits for. */
  readonly durability: Durability
  /** One that follows Redis' time, so that machines agree. */
  readonly clock: Clock
  readonly log: Log
  readonly metrics?: Metrics
  /** Names this process among those that have the store open. */
  readonly sender: string
  /** Leases of workers are renewed every third of it, and end after one and a half (ms). */
  readonly heartbeat: number
}

/** Opens the store on one shard. */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { link, durability, metrics = silentMetrics } = options
  const shard = createShard({ ...options, metrics, number: 0 })
  try {
    await openFormat(shard, 1)
  } catch (reason) {
    await shard.stop()
    await link.close()
    throw reason
  }
  const workers = createWorkers(shard, options)
  const close = onlyOnce(async () => {
    try {
      await workers.releaseAll()
    } finally {
      await shard.stop()
      await link.close()
    }
  })
  return {
    name: 'redis',
    durability,
    ...portsOf(shard, workers, () => options.clock.now()),
    fill: () => link.fill(),
    usage: () => readUsage(shard),
    ping: async () => {
      await shard.read(getOperation('', ''))
      await link.ping()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function portsOf(
  shard: Shard,
  { releaseAll, ...workers }: Workers,
  now: () => number,
): Pick<Store, 'journal' | 'index' | 'coordination' | 'blob' | 'transfer'> {
  return {
    journal: createJournal(shard),
    index: indexPort(shard),
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

function indexPort(shard: Shard): IndexPort {
  return {
    get: (tenant, run) => shard.read(getOperation(tenant, run)),
    ...createRunList(shard),
    ...createEnded(shard),
    ...createQuestionList(shard),
    ...createSessionList(shard),
    ...createSessionChange(shard),
    ...createCosts(shard),
    ...createRemoval(shard),
  }
}

function onlyOnce(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}
