/**
 * Who is alive, by locks that the operating system holds.
 *
 * Role: a worker holds an exclusive SQLite lock on a file of its own beside the store; when its process or thread dies, however it
 * dies, the lock is gone. Boundary: knows files, not workers' rows or runs.
 *
 * Invariants:
 * 1. Lock files are opened by SQLite alone: a process that closes any other descriptor of a file drops its locks on it.
 * 2. A lock is held before the worker's row can be read, so a row without a held lock is a dead worker's.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isBusy, storeFailure } from './failure.ts'

/** A lock that is held until it is released, or its holder dies. */
export interface Lock {
  /** Removes the file and gives the lock up. */
  release(): void
}

/** The locks of a store's workers. */
export interface Locks {
  /** Takes the worker's lock; undefined when someone holds it. */
  take(worker: string): Lock | undefined
  /** Takes the lock of a worker that is dead; undefined while it lives. */
  takeDead(worker: string): Lock | undefined
}

/** The locks in the folder beside the store, which is made where needed with mode 0700. */
export function fileLocks(store: string): Locks {
  const folder = `${store}-workers`
  const pathOf = (worker: string) => join(folder, `${encodeURIComponent(worker)}.lock`)
  return {
    take: (worker) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      return tryLock(pathOf(worker))
    },
    takeDead: (worker) => (existsSync(pathOf(worker)) ? tryLock(pathOf(worker)) : { release: () => {} }),
  }
}

function tryLock(path: string): Lock | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (reason) {
    database?.close()
    if (isBusy(reason)) return undefined
    throw storeFailure(reason, path)
  }
  const held = database
  return {
    release: () => {
      rmSync(path, { force: true })
      held.close()
    },
  }
}
