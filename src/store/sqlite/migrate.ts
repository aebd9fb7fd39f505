import type { DatabaseSync } from 'node:sqlite'
import { PolisError } from '../../core/error.ts'
import { APPLICATION_ID, FORMAT, FORMAT_1, FORMAT_2 } from './schema.ts'
import { prepareFacts } from './sql/fact.ts'
import { prepare } from './statement.ts'

/** What leads from each format to the next: the first makes format 1 of an empty file. */
const MIGRATIONS: readonly string[] = [FORMAT_1, FORMAT_2]

/** Brings the store to this version's format, in one transaction; throws as `formatOf` does. */
export function migrate(database: DatabaseSync, path: string, now: number): void {
  if (formatOf(database, path) === FORMAT && hasIncarnation(database)) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have done it meanwhile.
    const format = formatOf(database, path)
    for (const step of MIGRATIONS.slice(format)) database.exec(step)
    if (format === 0) writeMeta(database, now)
    prepare(database, "UPDATE meta SET value = ? WHERE name = 'format'").run(FORMAT)
    prepareFacts(database).arise.run()
    database.exec('COMMIT')
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
  }
}

/**
 * The store's format; 0 when the file is empty.
 *
 * @throws PolisError STORE_TOO_NEW for a format of a later version, STORE_CORRUPT for a database that is no store.
 */
export function formatOf(database: DatabaseSync, path: string): number {
  const tables = prepare<{ count: number }>(database, 'SELECT count(*) AS count FROM sqlite_schema').get()?.count ?? 0
  if (tables === 0) return 0
  // After the tables, which another process may be making right now: who sees them sees the mark that was committed with them.
  const id = prepare<{ application_id: number }>(database, 'PRAGMA application_id').get()?.application_id
  if (id !== APPLICATION_ID) {
    throw new PolisError(
      'STORE_CORRUPT',
      `${path} is a database of another program: set \`store.path\` to another file`,
    )
  }
  const format = prepare<{ value: number }>(database, "SELECT value FROM meta WHERE name = 'format'").get()?.value ?? 0
  if (format <= FORMAT) return format
  const got = `The store ${path} has format ${format}, this version knows ${FORMAT}`
  throw new PolisError('STORE_TOO_NEW', `${got}: use the version that wrote it, or a later one`)
}

// Stores from before there were incarnations get theirs when they are opened.
function hasIncarnation(database: DatabaseSync): boolean {
  return prepareFacts(database).get.get('incarnation') !== undefined
}

function writeMeta(database: DatabaseSync, now: number): void {
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
  const put = prepare(database, 'INSERT INTO meta VALUES (?, ?)')
  put.run('format', FORMAT)
  put.run('createdAt', now)
  put.run('shards', 1)
}
