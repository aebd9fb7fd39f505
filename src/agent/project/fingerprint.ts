import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findLock, releaseOf } from '../release.ts'
import { AGENT_FILE, AGENT_FOLDER } from './load-agents.ts'
import { CONFIG_FILES } from './load-config.ts'

/**
 * A text that changes whenever a release of the project would, or a file of agents comes or goes. Nothing is executed.
 *
 * Rejects while a file of it is being replaced; ask again then.
 */
export async function fingerprintOf(dir: string): Promise<string> {
  const top = await readdir(dir)
  const config = CONFIG_FILES.find((name) => top.includes(name))
  const names = await readdir(join(dir, AGENT_FOLDER)).catch(() => [])
  const lock = await findLock(dir)
  const shared = {
    dir,
    ...(config === undefined ? {} : { config: join(dir, config) }),
    ...(lock === undefined ? {} : { lock }),
  }
  const files = names.filter((name) => AGENT_FILE.test(name)).sort()
  const parts = files.map(
    async (name) => `${name} ${await releaseOf({ ...shared, file: join(dir, AGENT_FOLDER, name) })}`,
  )
  return (await Promise.all(parts)).join('\n')
}
