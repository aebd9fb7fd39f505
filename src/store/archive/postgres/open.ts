import type { Archive } from '../../archive.ts'
import { createSqlArchive } from '../sql/open.ts'
import { openDatabase } from './database.ts'

/**
 * Opens an archive in a PostgreSQL database, in the schema `polis_archive`, which is made where needed. What it acknowledged has been
 * through fsync there.
 *
 * It is reached when it is first asked, so that a process starts while it is away. `url` is `postgres://user:password@host:5432/database`;
 * `?sslmode=verify-full` asks for TLS. Throws INVALID_CONFIG for an address that is none.
 */
export function openPostgresArchive({ url }: { readonly url: string }): Archive {
  return createSqlArchive(openDatabase(url))
}
