import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a peer needs once its packages are there; `made` exists afterwards. */
const BUILDS: Readonly<Record<string, { readonly made: string; readonly command: readonly [string, ...string[]] }>> = {
  // Its prebuilt binaries come from elsewhere than the registry, so it is compiled, against this Node.
  langgraph: {
    made: 'node_modules/better-sqlite3/build/Release/better_sqlite3.node',
    command: ['npm', 'rebuild', 'better-sqlite3', '--build-from-source', `--nodedir=${nodeFolder()}`],
  },
  vercel: {
    made: '.well-known/workflow/v1/flow.js',
    command: ['node_modules/.bin/workflow', 'build'],
  },
}

/** Installs what is measured beside us, each from a folder and a lock file of its own; none of it is a dependency of the project. */
export function installPeer(name: string): void {
  const folder = fileURLToPath(new URL(`${name}/`, import.meta.url))
  if (!isInstalled(folder)) {
    console.log(`Installing ${name} …`)
    run(folder, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund')
  }
  const build = BUILDS[name]
  if (build !== undefined && !existsSync(folder + build.made)) {
    console.log(`Building ${name} …`)
    run(folder, ...build.command)
  }
}

function run(cwd: string, command: string, ...args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 600_000,
    maxBuffer: 2 ** 28,
  })
  if (status === 0) return
  const last = stderr?.trim().split('\n').at(-1) || error?.message
  throw new Error(`${command} ${args.join(' ')} failed in ${cwd}: is the npm registry reachable? It said: ${last}`)
}

function isInstalled(folder: string): boolean {
  try {
    const wanted = packagesOf(`${folder}/package-lock.json`)
    const found = packagesOf(`${folder}/node_modules/.package-lock.json`)
    return Object.entries(wanted).every(([path, { version, optional }]) => {
      return path === '' || (found[path]?.version ?? (optional ? version : undefined)) === version
    })
  } catch {
    // Nothing is installed yet.
    return false
  }
}

interface Locked {
  readonly version?: string
  readonly optional?: boolean
}

function packagesOf(file: string): Readonly<Record<string, Locked>> {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> } // npm's own.
  return packages
}

// The package `node` keeps the headers beside its binary.
function nodeFolder(): string {
  const root = dirname(dirname(process.execPath))
  const inside = `${root}/node_modules/node-${process.platform}-${process.arch}`
  return existsSync(`${inside}/include`) ? inside : root
}
