import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { goEnvironment } from './go.ts'
import { cacheFolder } from './program.ts'
import { KUBE_ROUTER } from './version.ts'

const MODULE = 'github.com/cloudnativelabs/kube-router/v2'

/** The path of the program that enforces NetworkPolicies; undefined where it was not built. */
export function findEnforcer(): string | undefined {
  return existsSync(pathOf()) ? pathOf() : undefined
}

/** Builds it from its Go module, where it is missing: minutes, once a machine. It is there whole or not at all. */
export async function buildEnforcer(say: (line: string) => void): Promise<void> {
  if (findEnforcer() !== undefined || spawnSync('go', ['version']).status !== 0) return
  say(`Building kube-router ${KUBE_ROUTER}: some minutes, once …`)
  await mkdir(cacheFolder(), { recursive: true })
  const folder = await mkdtemp(join(cacheFolder(), 'kube-router.'))
  const run = (...args: readonly string[]) =>
    promisify(execFile)('nice', ['go', ...args], { cwd: folder, env: goEnvironment(), maxBuffer: 2 ** 26 })
  try {
    await writeFile(join(folder, 'go.mod'), 'module agentpolis.dev/test/kube-router\n\ngo 1.26.0\n')
    await run('get', `${MODULE}@v${KUBE_ROUTER}`)
    const flags = ['-mod=mod', '-trimpath', '-gcflags=all=-dwarf=false', '-ldflags=-s -w']
    await run('build', ...flags, '-o', join(folder, 'kube-router'), `${MODULE}/cmd/kube-router`)
    await rename(join(folder, 'kube-router'), pathOf())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function pathOf(): string {
  return join(cacheFolder(), `kube-router-${KUBE_ROUTER}`)
}
