import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The programs that tests start. */
export type Binary =
  | 'redis-server'
  | 'redis-sentinel'
  | 'redis-cli'
  | 'openssl'
  | 'ip'
  | 'initdb'
  | 'postgres'
  | 'buildah'
  | 'debootstrap'
  | 'runc'

/** What Debian calls the packages that they are in. */
export const PACKAGES: Readonly<Record<Binary, string>> = {
  'redis-server': 'redis-server',
  'redis-sentinel': 'redis-sentinel',
  'redis-cli': 'redis-tools',
  openssl: 'openssl',
  ip: 'iproute2',
  initdb: 'postgresql',
  postgres: 'postgresql',
  buildah: 'buildah',
  debootstrap: 'debootstrap',
  runc: 'runc',
}

/**
 * The path of a program; undefined where it is not installed.
 *
 * A folder in the variable POLIS_TEST_REDIS comes before the PATH: so are the tests run on another version of Redis.
 */
export function findBinary(binary: Binary): string | undefined {
  const path = (process.env.PATH ?? '').split(delimiter)
  const folders = [process.env.POLIS_TEST_REDIS, ...path, '/usr/sbin', '/sbin', ...postgresFolders()]
  return folders.flatMap((folder) => (folder ? [join(folder, binary)] : [])).find(isExecutable)
}

// Debian keeps each version of PostgreSQL in a folder of its own, beside the PATH.
function postgresFolders(): readonly string[] {
  const root = '/usr/lib/postgresql'
  return existsSync(root) ? readdirSync(root).map((version) => join(root, version, 'bin')) : []
}

/** Those that are not installed. */
export function missingBinaries(): readonly Binary[] {
  // The keys of the table above, which the compiler checks.
  return (Object.keys(PACKAGES) as Binary[]).filter((binary) => findBinary(binary) === undefined)
}

/** The option `skip` of tests that start these programs: what is missing, the same for all such tests, or false. */
export function skipWithout(...binaries: readonly Binary[]): string | false {
  const missing = missingBinaries()
  if (!missing.some((binary) => binaries.includes(binary))) return false
  const packages = new Set(missing.map((binary) => PACKAGES[binary]))
  return `${missing.join(', ')} not installed: run npm test as root, or apt-get install ${[...packages].join(' ')}`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not ours to execute: the next folder may have it.
    return false
  }
}
