import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import type { Random } from '../../core/random.ts'
import type { Metrics } from '../../telemetry/metrics-port.ts'
import type { WatchListener } from '../journal.ts'
import { type ConnectionOptions, openConnection } from './connection.ts'
import { isBusy, storeFailure } from './failure.ts'
import { createGroup } from './group.ts'
import { type CommitHint, createNotice } from './notice.ts'
import { prepareWork, type Work } from './work.ts'

/** What one process, or thread, has of a store: its connection, its groups and its watchers. */
export interface Process {
  readonly path: string
  readonly database: DatabaseSync
  readonly work: Work
  /** Does the operation in this turn's transaction; `now` is the clock's time at the commit. */
  write<T>(operation: (now: number) => T): Promise<T>
  /** Reads what is committed, at once unless another process is recovering the file. */
  read<T>(operation: () => T): Promise<T>
  watch(listener: WatchListener): () => void
  /** Refuses new calls, then commits what is pending. */
  stop(): Promise<void>
  /** Empties the write-ahead log if nobody reads it, and closes. */
  close(): void
}

/** What a process is made with. */
export interface ProcessOptions extends ConnectionOptions {
  readonly metrics: Metrics
  readonly random: Random
  readonly hint?: CommitHint
}

/** Opens the store's file for this process. */
export async function openProcess(options: ProcessOptions): Promise<Process> {
  const { path, patience, metrics, hint } = options
  const database = await openConnection(options)
  const work = prepareWork(database)
  const notice = createNotice(database, hint)
  const begun = () => {
    work.touched.clear()
    work.quiet.clear()
    work.entries = 0
  }
  const committed = () => {
    if (work.entries > 0) metrics.observe('store_commit_entries', {}, work.entries)
    notice.tell(work.touched, work.quiet)
  }
  const group = createGroup({ ...options, database, begun, committed })
  const unmeasured = metrics.onScrape('store_size_bytes', (set) => set({}, sizeOf(path) + sizeOf(`${path}-wal`)))
  let isOpen = true
  return {
    path,
    database,
    work,
    write: (operation) => (isOpen ? group.write(operation) : Promise.reject(closed(path))),
    read: async (operation) => {
      if (!isOpen) throw closed(path)
      return new Promise((resolve) => {
        const look = () => resolve(read(operation, path, patience))
        if (!group.readAlong(look)) look()
      })
    },
    watch: notice.watch,
    stop: async () => {
      isOpen = false
      await group.drain()
    },
    close: () => {
      unmeasured()
      notice.stop()
      checkpoint(database)
      database.close()
    },
  }
}

/** Bytes of a file; 0 where there is none. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function closed(path: string): PolisError {
  return new PolisError('STORE_UNAVAILABLE', `The store ${path} was closed: open it again`)
}

async function read<T>(operation: () => T, path: string, patience: number): Promise<T> {
  const deadline = performance.now() + patience
  for (;;) {
    try {
      return operation()
    } catch (reason) {
      if (!isBusy(reason) || performance.now() > deadline) throw storeFailure(reason, path)
      await delay(5)
    }
  }
}

function checkpoint(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // Another process reads or writes: it, or the next one, will empty the log.
  }
}
