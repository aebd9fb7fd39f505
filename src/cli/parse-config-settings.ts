import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AGENT_FOLDER } from '../agent/project/load-agents.ts'
import { loadConfig } from '../agent/project/load-config.ts'
import { PolisError } from '../core/error.ts'
import { storeAdapter } from '../core/redis-settings.ts'
import { parseSettings, type Settings } from '../core/settings.ts'
import { storePath } from '../server/project-store.ts'
import type { Io } from './io.ts'

/**
 * The settings of a project, without loading its agents. Rejects with INVALID_CONFIG; with NOT_FOUND for a folder that is no project and
 * has no store: there is nothing to look at in it, and a store is not to be left there.
 */
export async function parseConfigSettings(dir: string, env: Io['env']): Promise<Settings> {
  const { config, file } = await loadConfig(dir)
  const { settings } = parseSettings({ project: config.settings, env })
  const isThere = storeAdapter(settings) === 'redis' || existsSync(storePath(dir, settings))
  if (file !== undefined || existsSync(join(dir, AGENT_FOLDER)) || isThere) return settings
  throw new PolisError(
    'NOT_FOUND',
    `${dir} is no project: expected a folder with ${AGENT_FOLDER}/, polis.config.ts or a store. Give --dir, or --url of a server`,
  )
}
