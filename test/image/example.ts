import { execFile } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BASE } from './base.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const EXAMPLE = join(ROOT, 'examples/incident-desk')

/** What `polis build --json` says. */
export interface Built {
  readonly reference: string
  readonly digest: string
  readonly release: string
  readonly size: number
  readonly user: string
  readonly warnings: readonly string[]
}

/** As a user's shell would be: without what this repository's scripts set. */
export function withoutSource(): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: '', SOURCE_DATE_EPOCH: '1790000000' }
}

/** The example as a project of its own, with this repository's package as npm would have it. */
export async function layOut(project: string): Promise<void> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  await cp(EXAMPLE, project, {
    recursive: true,
    filter: (path) => !/start(\.test)?\.ts$|\.polis$|node_modules$/.test(path),
  })
  // Where it is pushed to is a matter of who builds it.
  const file = join(project, 'polis.config.ts')
  const config = await readFile(file, 'utf8')
  await writeFile(file, config.replace(/repository: ('[^']+')/, 'repository: process.env.REPOSITORY ?? $1'))
  const tarball = `agentpolis-${version}.tgz`
  await run(process.env, ROOT, 'npm', 'pack', '--silent', '--pack-destination', project)
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const server = '@modelcontextprotocol/server'
  const manifest = {
    ...{ name: 'incident-desk', version: '1.2.3', license: 'Apache-2.0', private: true, type: 'module' },
    dependencies: { agentpolis: `file:${tarball}`, zod: dependencies.zod, [server]: devDependencies[server] },
  }
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest))
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
  await run({ ...process.env, ...withoutSource() }, project, 'npm', 'install', ...quiet)
}

/** Builds its image by Buildah, as a user does, into an archive. */
export async function build(
  env: NodeJS.ProcessEnv,
  project: string,
  archive: string,
  ...more: readonly string[]
): Promise<Built> {
  const polis = join(project, 'node_modules/.bin/polis')
  const args = ['--json', 'build', '--builder', 'buildah', '--base', BASE, '--output', archive, ...more]
  return JSON.parse(await run(env, project, polis, ...args)) as Built // As the command's documentation says.
}

/** Runs a program to its end; answers what it printed. Rejects with all of that where it fails. */
export async function run(
  env: NodeJS.ProcessEnv,
  cwd: string,
  file: string,
  ...args: readonly string[]
): Promise<string> {
  const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await promisify(execFile)(file, args, options).catch((reason) => {
    throw new Error(`${file} ${args.join(' ')} failed:\n${reason.stdout ?? ''}${reason.stderr ?? ''}`, {
      cause: reason,
    })
  })
  return stdout.trim()
}
