import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../../core/clock.ts'
import { PolisError } from '../../../core/error.ts'
import { openConnection } from '../../sqlite/connection.ts'
import { isBusy, storeFailure } from '../../sqlite/failure.ts'
import { createPrepared } from '../../sqlite/filtered.ts'
import type { FileKind } from '../../sqlite/migrate.ts'
import type { Database, Statement } from '../sql/database.ts'
import { archiveFormat1 } from '../sql/schema.ts'

/** What an archive in a file is opened with. */
export interface SqliteArchiveOptions {
  /** The file; it and its folder are made where needed. */
  readonly path: string
  readonly clock: Clock
  /** How long to wait for processes that hold the file (ms); by default 10 s. */
  readonly patience?: number
}

/** Marks a SQLite file as an archive of ours: the letters `Plia`. */
const APPLICATION_ID = 0x506c6961
const TYPES = { text: 'TEXT', int: 'INTEGER', bytes: 'BLOB' }
const KIND: FileKind = {
  application: APPLICATION_ID,
  oldest: 1,
  migrations: [
    ['CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID', ...archiveFormat1(TYPES)].join(';\n'),
  ],
  noun: 'archive',
  isComplete: () => true,
  complete: () => {},
}
/** Longest delay before a busy file is tried again (ms). */
const LONGEST_DELAY = 50

/** Opens the file of an archive, making it where needed. */
export async function openDatabase({ path, clock, patience = 10_000 }: SqliteArchiveOptions): Promise<Database> {
  const database = await openConnection({ path, clock, patience, durability: 'disk', kind: KIND })
  return createDatabase(database, path, patience)
}

function createDatabase(database: DatabaseSync, path: string, patience: number): Database {
  const prepared = createPrepared<never>(database)
  const change = ([sql, ...values]: Statement) => Number(prepared(sql).run(...values).changes)
  const writes = createWrites((group) =>
    patiently(() => inTransaction(database, () => group.map(apply)), path, patience),
  )
  const apply = ({ statements, guard }: Write) =>
    guard !== undefined && change(guard) === 0 ? undefined : statements.map(change)
  let isOpen = true
  const assertOpen = () => {
    if (!isOpen) throw new PolisError('STORE_UNAVAILABLE', `The archive ${path} was closed: open it again`)
  }
  return {
    name: 'sqlite',
    all: async (sql, ...values) => {
      assertOpen()
      return patiently(() => prepared(sql).all(...values), path, patience)
    },
    write: async (statements, guard) => {
      assertOpen()
      return writes({ statements, guard })
    },
    size: async () => sizeOf(path) + sizeOf(`${path}-wal`),
    close: async () => {
      if (isOpen) database.close()
      isOpen = false
    },
  }
}

interface Write {
  readonly statements: readonly Statement[]
  readonly guard: Statement | undefined
}

type Counts = readonly number[] | undefined

interface Pending extends Write {
  readonly resolve: (counts: Counts) => void
  readonly reject: (reason: unknown) => void
}

// Writes of one event-loop turn share a transaction, and so its fsync; where one of them fails, each has its own.
function createWrites(
  commit: (group: readonly Write[]) => Promise<readonly Counts[]>,
): (write: Write) => Promise<Counts> {
  let pending: Pending[] = []
  const flush = async () => {
    const group = pending
    pending = []
    try {
      const counts = await commit(group)
      for (const [at, { resolve }] of group.entries()) resolve(counts[at])
    } catch (reason) {
      if (group.length === 1) return group[0]?.reject(reason)
      for (const one of group) {
        await commit([one]).then(([counts]) => one.resolve(counts), one.reject)
      }
    }
  }
  return (write) =>
    new Promise((resolve, reject) => {
      if (pending.length === 0) setImmediate(flush)
      pending.push({ ...write, resolve, reject })
    })
}

function inTransaction<T>(database: DatabaseSync, operation: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const done = operation()
    database.exec('COMMIT')
    return done
  } finally {
    // After a COMMIT there is none; a full disk makes SQLite roll back by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
  }
}

// SQLite would wait for another process inside this thread: it is asked again instead.
async function patiently<T>(operation: () => T, path: string, patience: number): Promise<T> {
  const deadline = performance.now() + patience
  for (let tries = 0; ; tries++) {
    try {
      return operation()
    } catch (reason) {
      if (!isBusy(reason) || performance.now() > deadline) throw storeFailure(reason, path, 'archive')
      await delay(1 + Math.random() * Math.min(2 ** tries, LONGEST_DELAY))
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
