import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Project } from '../../agent/project.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { storeAdapter } from '../../core/redis-settings.ts'
import { localDurability } from '../../server/project-store.ts'
import { openSqliteStore } from '../../store/sqlite/open.ts'
import { silentLog } from '../../telemetry/log.ts'
import { ADVICE } from '../advice.ts'
import { formatBytes } from '../terminal/format-bytes.ts'
import type { Check } from './check.ts'
import { checkPause } from './pause.ts'
import { checkRedis } from './redis.ts'

const PATIENCE = 2000

/** Checks the project's store: that it can be made, or that it opens, is of a known format, and is whole. */
export async function* checkStore(project: Project, clock: Clock): AsyncGenerator<Check> {
  if (storeAdapter(project.settings) === 'redis') return yield* checkRedis(project, clock)
  const { dir, settings } = project
  const path = resolve(dir, settings['store.path'])
  const size = await sizeOf(path)
  if (size === undefined) return yield await checkPlace(path)
  const durability = localDurability(settings)
  try {
    const store = await openSqliteStore({ path, durability, clock, log: silentLog, patience: PATIENCE })
    const pause = await checkPause(store).finally(() => store.close())
    yield {
      area: 'store',
      name: 'store',
      status: 'ok',
      detail: `${path}, ${formatBytes(size)}, durability ${durability}`,
    }
    yield* pause
    yield checkIntegrity(path)
  } catch (reason) {
    const { message, code } = PolisError.from(reason)
    yield { area: 'store', name: 'store', status: 'fail', detail: message, advice: ADVICE[code] }
  }
}

// The store itself checks small files only, since it is opened at every start.
function checkIntegrity(path: string): Check {
  using database = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE })
  const rows = database.prepare('PRAGMA quick_check(5)').all()
  const found = rows.map((row) => String(Object.values(row)[0])).join('; ')
  if (found === 'ok') return { area: 'store', name: 'integrity', status: 'ok', detail: 'the file is whole' }
  return { area: 'store', name: 'integrity', status: 'fail', detail: found, advice: ADVICE.STORE_CORRUPT }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch {
    // Not there, or not to be seen: the check of its place tells which.
    return undefined
  }
}

async function checkPlace(path: string): Promise<Check> {
  const base = { area: 'store', name: 'store' } as const
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK | constants.X_OK)
      return { ...base, status: 'ok', detail: `${path} is not there yet: the first start makes it` }
    } catch (reason) {
      const missing = reason instanceof Error && 'code' in reason && reason.code === 'ENOENT'
      if (missing && folder !== dirname(folder)) continue
      return {
        ...base,
        status: 'fail',
        detail: `${folder} may not be written`,
        advice: 'Change its permissions, or set store.path',
      }
    }
  }
}
