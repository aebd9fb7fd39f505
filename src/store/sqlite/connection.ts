import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { LocalDurability } from '../store.ts'
import { isBusy, storeFailure } from './failure.ts'
import { type FileKind, formatOf, migrate, STORE_FILE } from './migrate.ts'
import { prepare } from './statement.ts'

/** How a connection is opened. `patience` is how long to wait for a process that holds the file (ms). */
export interface ConnectionOptions {
  readonly path: string
  readonly durability: LocalDurability
  readonly clock: Clock
  readonly patience: number
  /** What the file is; by default a store. */
  readonly kind?: FileKind
}

/** A database over this many bytes is not checked at each opening: that would take seconds. */
const CHECKED_SIZE = 16 * 1024 * 1024
/** The write-ahead log is cut to this many bytes after a checkpoint. */
const LOG_LIMIT = 16 * 1024 * 1024

/**
 * Opens the database of a store, making or migrating it where needed; the folder is made with mode 0700, the file with 0600.
 *
 * @throws PolisError STORE_UNAVAILABLE (permissions, a folder), STORE_CORRUPT (damaged, or no store of ours), STORE_TOO_NEW,
 * STORE_LOCKED (another process holds it for longer than `patience`), STORE_FULL.
 */
export async function openConnection(options: ConnectionOptions): Promise<DatabaseSync> {
  const deadline = performance.now() + options.patience
  for (;;) {
    try {
      return openOnce(options)
    } catch (reason) {
      if (!isBusy(reason)) throw storeFailure(reason, options.path, options.kind?.noun)
      if (performance.now() > deadline) throw locked(options, reason)
      await delay(20)
    }
  }
}

function openOnce({ kind = STORE_FILE, ...options }: ConnectionOptions): DatabaseSync {
  createFile(options.path, kind)
  const database = new DatabaseSync(options.path, { timeout: 0 })
  try {
    // First, so that a file of another program is left as it is.
    formatOf(database, options.path, kind)
    configure(database, options.durability)
    checkIntegrity(database, options.path, kind)
    migrate(database, options.path, options.clock.now(), kind)
    return database
  } catch (reason) {
    database.close()
    throw reason
  }
}

// Never opens a file that is there: closing it again would drop the locks that SQLite holds on it in this process.
function createFile(path: string, { noun }: FileKind): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    if (existsSync(path)) {
      if (statSync(path).isFile()) return
      throw new PolisError(
        'STORE_UNAVAILABLE',
        `Expected a file for the ${noun}, got a folder at ${path}: set \`${noun}.path\``,
      )
    }
    closeSync(openSync(path, 'ax', 0o600))
  } catch (reason) {
    if (reason instanceof PolisError) throw reason
    if (reason instanceof Error && 'code' in reason && reason.code === 'EEXIST' && existsSync(path)) return
    const said = reason instanceof Error ? reason.message : String(reason)
    const code =
      reason instanceof Error && 'code' in reason && reason.code === 'ENOSPC' ? 'STORE_FULL' : 'STORE_UNAVAILABLE'
    throw new PolisError(
      code,
      `The ${noun} ${path} cannot be created (${said}): set \`${noun}.path\` to a writable place`,
      {
        cause: reason,
      },
    )
  }
}

function configure(database: DatabaseSync, durability: LocalDurability): void {
  const mode = prepare<{ journal_mode: string }>(database, 'PRAGMA journal_mode = WAL').get()?.journal_mode
  if (mode !== 'wal') throw new PolisError('STORE_UNAVAILABLE', `Expected a write-ahead log, got journal mode ${mode}`)
  database.exec(`PRAGMA synchronous = ${durability === 'disk' ? 'FULL' : 'NORMAL'}`)
  database.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT}`)
  database.exec('PRAGMA wal_autocheckpoint = 1000')
  database.exec('PRAGMA temp_store = MEMORY')
  database.exec('PRAGMA cache_size = -16384')
  database.exec('PRAGMA trusted_schema = OFF')
}

function checkIntegrity(database: DatabaseSync, path: string, { noun }: FileKind): void {
  if (statSync(path).size > CHECKED_SIZE) return
  const [row] = prepare<{ quick_check: string }>(database, 'PRAGMA quick_check(1)').all()
  if (row === undefined || row.quick_check === 'ok') return
  const found = row.quick_check.trim().replaceAll('\n', '; ')
  throw new PolisError('STORE_CORRUPT', `The ${noun} ${path} is damaged (${found}): restore a backup, or move it away`)
}

function locked({ path, patience, kind = STORE_FILE }: ConnectionOptions, cause: unknown): PolisError {
  const held = `Another process held the ${kind.noun} ${path} for ${patience} ms`
  return new PolisError('STORE_LOCKED', `${held}: end the one that locks it, such as a backup or a database browser`, {
    cause,
  })
}
