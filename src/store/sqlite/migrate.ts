import type { DatabaseSync } from 'node:sqlite'
import { PolisError } from '../../core/error.ts'
import { APPLICATION_ID, FORMAT_1, FORMAT_2 } from './schema.ts'
import { prepareFacts } from './sql/fact.ts'
import { prepare } from './statement.ts'

/** What a file of ours is. */
export interface FileKind {
  /** Its mark, `PRAGMA application_id`. */
  readonly application: number
  /** What leads from each format to the next: the first makes format 1 of an empty file. */
  readonly migrations: readonly string[]
  /**
   * The oldest format whose versions may work on a file of the newest one, beside this version. A migration leaves it as it is when it adds
   * nothing but tables and rows that they do not need, and no column: they insert by position.
   */
  readonly oldest: number
  readonly noun: 'store' | 'archive'
  /** Whether it has what else every file of its kind has, and what gives it that. */
  readonly isComplete: (database: DatabaseSync) => boolean
  readonly complete: (database: DatabaseSync) => void
}

/** The embedded store. Stores from before there were incarnations get theirs when they are opened. */
export const STORE_FILE: FileKind = {
  application: APPLICATION_ID,
  migrations: [FORMAT_1, FORMAT_2],
  oldest: 2,
  noun: 'store',
  isComplete: (database) => prepareFacts(database).get.get('incarnation') !== undefined,
  complete: (database) => void prepareFacts(database).arise.run(),
}

/** Brings the file to this version's format, in one transaction; throws as `formatOf` does. */
export function migrate(database: DatabaseSync, path: string, now: number, kind: FileKind): void {
  const newest = kind.migrations.length
  if (formatOf(database, path, kind) >= newest && kind.isComplete(database)) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have done it meanwhile.
    const format = formatOf(database, path, kind)
    for (const step of kind.migrations.slice(format)) database.exec(step)
    if (format === 0) writeMeta(database, now, kind)
    if (format < newest) writeFormat(database, kind)
    kind.complete(database)
    database.exec('COMMIT')
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
  }
}

/**
 * The file's format; 0 when it is empty. It may be a later one than this version's, where the file says that this version may work on it.
 *
 * @throws PolisError STORE_TOO_NEW for a format that this version must not work on, STORE_CORRUPT for a database of another kind.
 */
export function formatOf(database: DatabaseSync, path: string, { application, migrations, noun }: FileKind): number {
  const tables = prepare<{ count: number }>(database, 'SELECT count(*) AS count FROM sqlite_schema').get()?.count ?? 0
  if (tables === 0) return 0
  // After the tables, which another process may be making right now: who sees them sees the mark that was committed with them.
  const id = prepare<{ application_id: number }>(database, 'PRAGMA application_id').get()?.application_id
  if (id !== application) {
    throw new PolisError(
      'STORE_CORRUPT',
      `${path} is a database of another program, or of another use: set \`${noun}.path\` to another file`,
    )
  }
  const { get } = prepareFacts(database)
  const format = Number(get.get('format')?.value ?? 0)
  const oldest = Number(get.get('oldest')?.value ?? format)
  if (Math.min(format, oldest) <= migrations.length) return format
  const got = `The ${noun} ${path} has format ${format}, this version knows ${migrations.length}`
  throw new PolisError('STORE_TOO_NEW', `${got}: use the version that wrote it, or a later one`)
}

function writeFormat(database: DatabaseSync, { migrations, oldest }: FileKind): void {
  const { put } = prepareFacts(database)
  put.run('format', migrations.length)
  put.run('oldest', oldest)
}

function writeMeta(database: DatabaseSync, now: number, { application }: FileKind): void {
  database.exec(`PRAGMA application_id = ${application}`)
  const put = prepare(database, 'INSERT INTO meta VALUES (?, ?)')
  put.run('createdAt', now)
  put.run('shards', 1)
}
