import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** Installs what is measured beside us, from a lock file of its own; none of it is a dependency of the project. */
export function installPeers(): void {
  if (isInstalled()) return
  console.log('Installing the peers …')
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  if (npm.status !== 0) throw new Error('the peers could not be installed: is the npm registry reachable?')
}

function isInstalled(): boolean {
  try {
    const wanted = packagesOf('package-lock.json')
    const found = packagesOf('node_modules/.package-lock.json')
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
  const { packages } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { packages: Record<string, Locked> } // npm's own.
  return packages
}
