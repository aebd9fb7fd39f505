import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Project } from '../../agent/project.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { openProjectArchive } from '../../server/project-archive.ts'
import { NO_ARCHIVE } from '../../store/archive/none.ts'
import { ADVICE } from '../advice.ts'
import { formatBytes } from '../terminal/format-bytes.ts'
import type { Check } from './check.ts'

/** Checks that the archive opens and answers, where the project has one. */
export async function* checkArchive({ dir, settings }: Project, clock: Clock): AsyncGenerator<Check> {
  const base = { area: 'store', name: 'archive' } as const
  const { 'archive.path': path } = settings
  if (path !== undefined && !existsSync(resolve(dir, path))) {
    return yield { ...base, status: 'ok', detail: `${resolve(dir, path)} is not there yet: the first start makes it` }
  }
  try {
    const archive = await openProjectArchive(dir, settings, clock)
    if (archive === NO_ARCHIVE) return
    const { runs, disk } = await archive.usage().finally(archive.close)
    yield { ...base, status: 'ok', detail: `${archive.name}, ${runs} runs, ${formatBytes(disk)}` }
  } catch (reason) {
    const { message, code } = PolisError.from(reason)
    yield { ...base, status: 'fail', detail: message, advice: ADVICE[code] }
  }
}
