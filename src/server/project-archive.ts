import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import { rememberSecret } from '../core/secret.ts'
import type { Settings } from '../core/settings.ts'
import { NO_ARCHIVE } from '../store/archive/none.ts'
import type { Archive } from '../store/archive.ts'

/** The settings that say where the archive is. */
export type ArchiveSettings = Pick<Settings, 'archive.path' | 'archive.url' | 'archive.url_file'>

/** Opens the archive that the settings name, each kind of which is loaded only where it is used; the one that knows no run where they name none. */
export async function openProjectArchive(dir: string, settings: ArchiveSettings, clock: Clock): Promise<Archive> {
  const { 'archive.path': path } = settings
  if (path !== undefined) {
    const { openSqliteArchive } = await import('../store/archive/sqlite/open.ts')
    return openSqliteArchive({ path: resolve(dir, path), clock })
  }
  const url = await urlOf(dir, settings)
  if (url === undefined) return NO_ARCHIVE
  const { openPostgresArchive } = await import('../store/archive/postgres/open.ts')
  return openPostgresArchive({ url })
}

async function urlOf(dir: string, settings: ArchiveSettings): Promise<string | undefined> {
  const { 'archive.url': url, 'archive.url_file': file } = settings
  const given = file === undefined ? url : await readSecret(resolve(dir, file), 'archive.url_file')
  // Errors of the database may repeat it.
  const password = given === undefined ? '' : (URL.parse(given)?.password ?? '')
  rememberSecret(decodeURIComponent(password))
  return given
}

async function readSecret(path: string, option: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const what = `Setting ${option}: expected a readable file at ${path}, got ${reason}`
    throw new PolisError('INVALID_CONFIG', `${what}: create it or correct the path`, { cause })
  }
}
