import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findLock, releaseOf } from '../release.ts'
import { EVAL_FILE, EVAL_FOLDER } from './eval-file.ts'
import { AGENT_FILE, AGENT_FOLDER } from './load-agents.ts'
import { CONFIG_FILES } from './load-config.ts'

/**
 * A text that changes whenever a release of the project would, or a file of agents or evals changes, comes or goes. Nothing is executed.
 *
 * Rejects while a file of it is being replaced; ask again then.
 */
export async function fingerprintOf(dir: string): Promise<string> {
  const top = await readdir(dir)
  const config = CONFIG_FILES.find((name) => top.includes(name))
  const lock = await findLock(dir)
  const shared = {
    dir,
    ...(config === undefined ? {} : { config: join(dir, config) }),
    ...(lock === undefined ? {} : { lock }),
  }
  const files = [...(await filesOf(dir, AGENT_FOLDER, AGENT_FILE)), ...(await filesOf(dir, EVAL_FOLDER, EVAL_FILE))]
  const parts = files.map(async (name) => `${name} ${await releaseOf({ ...shared, file: join(dir, name) })}`)
  return (await Promise.all(parts)).join('\n')
}

async function filesOf(dir: string, folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(join(dir, folder)).catch(() => [])
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name))
}
