import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PolisError } from '../../core/error.ts'
import { defaultConfig, type ProjectConfig, parseConfig } from './config.ts'
import { importModule } from './import-module.ts'

/** Names that a project file may have, of which a folder has at most one. */
export const CONFIG_FILES = ['polis.config.ts', 'polis.config.js', 'polis.config.mjs'] as const

/** A project's configuration and the file it came from; no file for a folder without one, which gets the defaults. */
export interface LoadedConfig {
  readonly config: ProjectConfig
  readonly file?: string
}

/**
 * Finds and checks the project file of a folder.
 *
 * Rejects with INVALID_CONFIG naming the file and every option that is wrong, NOT_FOUND when there is no such folder.
 */
export async function loadConfig(dir: string): Promise<LoadedConfig> {
  const found = await findConfig(dir)
  if (found === undefined) return { config: defaultConfig() }
  const file = join(dir, found)
  const imported = await importModule(file, dir)
  if (imported.kind === 'failed') throw new PolisError('INVALID_CONFIG', imported.problem, { cause: imported.cause })
  if (!('default' in imported.exports)) {
    throw new PolisError('INVALID_CONFIG', `${found}: expected a default export: export default defineConfig({ … })`)
  }
  return { config: parseConfig(imported.exports.default, found), file }
}

async function findConfig(dir: string): Promise<string | undefined> {
  const names = await readdir(dir).catch((cause) => {
    throw new PolisError('NOT_FOUND', `There is no project folder ${dir}: give the folder that holds agents/`, {
      cause,
    })
  })
  const found = CONFIG_FILES.filter((name) => names.includes(name))
  if (found.length > 1) throw new PolisError('INVALID_CONFIG', `Found ${found.join(' and ')}: keep one of them`)
  return found[0]
}
