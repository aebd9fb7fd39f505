import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { rememberSecret } from '../core/secret.ts'
import { resolveSecret } from '../core/secret-value.ts'
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
  return NO_ARCHIVE
}
