import type { Clock } from '../../core/clock.ts'
import { type Random, systemRandom } from '../../core/random.ts'
import type { Log } from '../../telemetry/log.ts'
import { type Metrics, silentMetrics } from '../../telemetry/metrics-port.ts'
import type { JournalPort } from '../journal.ts'
import type { LocalDurability, Store } from '../store.ts'
import { pausedError } from '../transfer/refusal.ts'
import { applyCommit } from './append.ts'
import { createBlobPort } from './blob.ts'
import { applyClaim } from './claim.ts'
import { createCosts } from './costs.ts'
import { applyDeliver, messageOf } from './deliver.ts'
import { createEnded } from './ended.ts'
import { entryOf } from './entry.ts'
import { createLead } from './lead.ts'
import { createListing } from './listing.ts'
import { fileLocks } from './lock-file.ts'
import type { CommitHint } from './notice.ts'
import { openProcess, type Process } from './process.ts'
import { createRemoval } from './removal.ts'
import { createScheduling } from './schedule.ts'
import { changeSession, createSession } from './session-change.ts'
import { applyOwnSubmit } from './submit.ts'
import { createTransfer } from './transfer.ts'
import { readUsage } from './usage.ts'
import { createWorkers, type Workers } from './worker.ts'

/** What an embedded store is opened with. */
export interface SqliteStoreOptions {
  /** The file; it and its folder are made where needed. */
  readonly path: string
  readonly durability: LocalDurability
  readonly clock: Clock
  readonly log: Log
  readonly metrics?: Metrics
  readonly random?: Random
  /** Tells other connections of commits sooner than they would see them by polling. */
  readonly hint?: CommitHint
  /** How long to wait for processes that hold the file (ms); by default 10 s. */
  readonly patience?: number
}

/**
 * Opens the embedded store: one SQLite file that several processes and threads may share.
 *
 * @throws PolisError STORE_UNAVAILABLE, STORE_CORRUPT, STORE_TOO_NEW, STORE_LOCKED or STORE_FULL.
 */
export async function openSqliteStore({
  metrics = silentMetrics,
  random = systemRandom(),
  patience = 10_000,
  ...options
}: SqliteStoreOptions): Promise<Store> {
  const process = await openProcess({ ...options, metrics, random, patience })
  options.log.debug({ path: options.path, durability: options.durability }, 'the store is open')
  return createStore(process, createWorkers(process, fileLocks(options.path)), options.durability)
}

/** The store of a process that is open. */
export function createStore(process: Process, workers: Workers, durability: LocalDurability): Store {
  const { work, write, read } = process
  const { releaseAll, ...lease } = workers
  const close = onlyOnce(async () => {
    try {
      await releaseAll()
    } finally {
      await process.stop()
      process.close()
    }
  })
  return {
    name: 'sqlite',
    durability,
    journal: journalPort(process),
    index: {
      ...createListing(process),
      ...createCosts(process),
      ...createEnded(process),
      ...createRemoval(process),
      createSession: (session) => write((now) => createSession(work, session, now)),
      changeSession: (tenant, session, change) => write((now) => changeSession(work, tenant, session, change, now)),
    },
    coordination: {
      lease: 'lock',
      ...lease,
      ...createScheduling(process),
      lead: createLead(process),
      claim: (request) => write(() => applyClaim(work, request)),
    },
    blob: createBlobPort(process),
    transfer: createTransfer(process),
    fill: () => 0,
    usage: () => readUsage(process),
    ping: () => read(() => void work.queue.nextWake.get()),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function journalPort({ work, write, read, watch }: Process): JournalPort {
  return {
    submit: async (submit) => {
      const outcome = await write((now) => applyOwnSubmit(work, submit, now))
      // Thrown out here: in the group it would be taken for a fault of the store.
      if (outcome.kind === 'paused') throw pausedError(outcome.pause)
      return outcome
    },
    append: (commit) => write((now) => applyCommit(work, commit, now)),
    deliver: (message) => write((now) => applyDeliver(work, message, now)),
    read: (tenant, run, after, limit) =>
      read(() => work.journal.after.all(tenant, run, Math.max(0, after), limit).map(entryOf)),
    inbox: (of) =>
      read(() => {
        const rows = 'worker' in of ? work.inbox.ofWorker.all(of.worker) : work.inbox.ofRun.all(of.tenant, of.run)
        return rows.map(messageOf)
      }),
    watch,
  }
}

function onlyOnce(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}
