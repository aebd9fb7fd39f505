import { spawnSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))

/**
 * Writes `src` and `bench` as JavaScript, as `dist` is published, and answers the folder that stands for `bench`: a process that strips
 * types while it loads is 40 MB larger than a user's.
 */
export function buildBench(): string {
  const built = `${folder}../node_modules/.cache/polis-bench`
  rmSync(built, { recursive: true, force: true })
  const { status, stdout } = spawnSync('tsc', ['-p', `${folder}tsconfig.json`], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`bench could not be built: ${stdout}`)
  cpSync(`${folder}../package.json`, `${built}/package.json`)
  for (const path of globSync('src/**/*.{lua,gz,sh}', { cwd: `${folder}..` }))
    cpSync(`${folder}../${path}`, `${built}/${path}`)
  return `${built}/bench/`
}
