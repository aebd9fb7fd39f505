import type { Archive } from '../../archive.ts'
import { createSqlArchive } from '../sql/open.ts'
import { openDatabase, type SqliteArchiveOptions } from './database.ts'

/**
 * Opens an archive in a SQLite file, which several processes of one machine may share. What it acknowledged has been through fsync.
 *
 * @throws PolisError as `openSqliteStore` does.
 */
export async function openSqliteArchive(options: SqliteArchiveOptions): Promise<Archive> {
  return createSqlArchive(await openDatabase(options))
}
