import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compile } from './compile.ts'
import { goModule } from './go.ts'
import { cacheFolder, findProgram, PACKAGES, type Program } from './program.ts'
import { ETCD, KUBERNETES } from './version.ts'

/**
 * Builds the programs that are missing from Kubernetes' own Go modules, into the cache folder: minutes the first time on a machine.
 *
 * Safe beside another build, which is waited for, and after one that was killed: a program is there whole or not at all.
 * Answers why it could not, a line; undefined when all are there.
 */
export async function buildPrograms(
  programs: readonly Program[],
  say: (line: string) => void,
): Promise<string | undefined> {
  const missing = programs.filter((program) => findProgram(program) === undefined)
  if (missing.length === 0) return undefined
  if (spawnSync('go', ['version']).status !== 0) return `${missing.join(', ')} not built: Go is not installed`
  const folder = cacheFolder()
  say(`Building ${missing.join(', ')} (Kubernetes ${KUBERNETES}) into ${folder}: about ten minutes, once …`)
  try {
    await writeModule(join(folder, 'module'))
    for (const program of missing) {
      const started = performance.now()
      await compile({ folder, name: program, from: PACKAGES[program], variables: versionVariables() })
      say(`Built ${program} in ${((performance.now() - started) / 1000).toFixed(0)} s.`)
    }
    return undefined
  } catch (reason) {
    return `Kubernetes was not built: ${reason instanceof Error ? reason.message : String(reason)}`
  }
}

// Kubernetes finds its own modules beside itself in its repository; outside it each has a version of its own.
async function writeModule(folder: string): Promise<void> {
  if (existsSync(join(folder, 'go.mod'))) return
  await mkdir(folder, { recursive: true })
  const { GoMod } = await goModule('k8s.io/kubernetes', `v${KUBERNETES}`)
  const staging = (await readFile(GoMod, 'utf8')).matchAll(/^\s*(\S+) => \.\/staging\//gm)
  const lines = [
    ...['module agentpolis.dev/test/kubernetes', 'go 1.26.0', 'godebug default=go1.26'],
    ...[`require k8s.io/kubernetes v${KUBERNETES}`, `require go.etcd.io/etcd/server/v3 v${ETCD}`],
    ...staging.map(([, path]) => `replace ${path} => ${path} ${KUBERNETES.replace(/^1/, 'v0')}`),
  ]
  await writeFile(join(folder, 'go.mod'), `${lines.join('\n')}\n`)
}

// Without them the programs call themselves v0.0.0, and compare that with each other.
function versionVariables(): readonly string[] {
  const [major, minor] = KUBERNETES.split('.')
  const base = 'k8s.io/component-base/version'
  return [
    ...[`${base}.gitVersion=v${KUBERNETES}`, `${base}.gitMajor=${major}`, `${base}.gitMinor=${minor}`],
    `k8s.io/client-go/pkg/version.gitVersion=v${KUBERNETES}`,
  ]
}
