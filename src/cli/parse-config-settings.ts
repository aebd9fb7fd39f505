import { loadConfig } from '../agent/project/load-config.ts'
import { parseSettings, type Settings } from '../core/settings.ts'
import type { Io } from './io.ts'

/** The settings of a project, without loading its agents. Rejects with INVALID_CONFIG. */
export async function parseConfigSettings(dir: string, env: Io['env']): Promise<Settings> {
  const { config } = await loadConfig(dir)
  return parseSettings({ project: config.settings, env }).settings
}
