/**
 * Completes package-lock.json: `node scripts/lock.ts` writes, `node scripts/lock.ts --check` only looks; `node scripts/lock.ts FOLDER` does
 * so for another package of this repository.
 *
 * npm leaves out of the lock file every optional package of another platform that it cannot fetch at that moment, and
 * then `npm ci` refuses the lock file that npm wrote. Each missing one is added with the exact version its parent names.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface LockedPackage {
  readonly version?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface LockFile {
  packages: Record<string, LockedPackage>
}

const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--'))
const lockPath = join(folder ?? fileURLToPath(new URL('..', import.meta.url)), 'package-lock.json')

complete(process.argv.includes('--check'))

function complete(checkOnly: boolean): void {
  // The lock file is npm's own format, version 3.
  const lock = JSON.parse(readFileSync(lockPath, 'utf8')) as LockFile
  const missing = missingPackages(lock.packages)
  const names = Object.keys(missing).sort()
  if (names.length === 0) {
    console.log('package-lock.json is complete')
    return
  }
  if (checkOnly) {
    console.error(`package-lock.json lacks ${names.join(', ')}: run "node scripts/lock.ts"`)
    process.exitCode = 1
    return
  }
  lock.packages = Object.fromEntries(Object.entries({ ...lock.packages, ...missing }).sort(byPath))
  writeFileSync(lockPath, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`package-lock.json gained ${names.length} packages`)
}

function missingPackages(packages: LockFile['packages']): LockFile['packages'] {
  const missing: LockFile['packages'] = {}
  for (const [path, locked] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      if (isLocked(packages, path, name)) continue
      if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${path} asks for ${name}@${version}: not an exact version`)
      missing[`node_modules/${name}`] = {
        version,
        ...platformOf(name),
        ...(locked.dev ? { dev: true } : {}),
        optional: true,
      } as LockedPackage
    }
  }
  return missing
}

/** Looks for a package as Node would: in the node_modules of `path`, then of each folder above it. */
function isLocked(packages: LockFile['packages'], path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`] !== undefined) return true
    if (folder === '') return false
  }
}

function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const platform = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(gnu|musl))?/.exec(name)
  if (platform === null) return {}
  const [, os = '', cpu = '', libc] = platform
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc === 'gnu' ? 'glibc' : 'musl'] }) }
}

function byPath([left]: [string, LockedPackage], [right]: [string, LockedPackage]): number {
  return left.localeCompare(right, 'en')
}
