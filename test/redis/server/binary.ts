import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The programs that tests start. */
export type Binary = 'redis-server' | 'redis-sentinel' | 'redis-cli' | 'openssl' | 'ip'

/** What Debian calls the packages that they are in. */
export const PACKAGES: Readonly<Record<Binary, string>> = {
  'redis-server': 'redis-server',
  'redis-sentinel': 'redis-sentinel',
  'redis-cli': 'redis-tools',
  openssl: 'openssl',
  ip: 'iproute2',
}

/**
 * The path of a program; undefined where it is not installed.
 *
 * A folder in the variable POLIS_TEST_REDIS comes before the PATH: so are the tests run on another version of Redis.
 */
export function findBinary(binary: Binary): string | undefined {
  const folders = [process.env.POLIS_TEST_REDIS, ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.flatMap((folder) => (folder ? [join(folder, binary)] : [])).find(isExecutable)
}

/** The option `skip` of tests that start these programs: why they cannot, or false. */
export function skipWithout(...binaries: readonly Binary[]): string | false {
  const missing = binaries.filter((binary) => findBinary(binary) === undefined)
  if (missing.length === 0) return false
  const packages = missing.map((binary) => PACKAGES[binary]).join(' ')
  return `${missing.join(', ')} not installed: run the tests as root, or apt-get install ${packages}`
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
