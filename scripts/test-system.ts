import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { missingBinaries, PACKAGES } from '../test/redis/server/binary.ts'

const POLICY = '/usr/sbin/policy-rc.d'

/** Packages that bring a service, under their own name. */
const SERVICES = ['redis-server', 'redis-sentinel', 'postgresql', 'containerd', 'prometheus']

/**
 * Installs what tests start beside Node, where it is missing: Debian's Redis, PostgreSQL, openssl and iproute2.
 *
 * It needs root and apt-get. Where it cannot, it says why, and the tests that need them are skipped. No service is left
 * running or enabled: tests start servers of their own.
 */
export function prepareSystem(say: (line: string) => void): void {
  const missing = missingBinaries()
  if (missing.length === 0) return
  installPackages(missing, [...new Set(missing.map((binary) => PACKAGES[binary]))], say)
}

/** Installs Debian's packages, which bring the programs that are missing; where it cannot, it says why. */
export function installPackages(
  missing: readonly string[],
  packages: readonly string[],
  say: (line: string) => void,
): void {
  if (process.getuid?.() !== 0)
    return say(`${missing.join(', ')} missing, and only root may install ${packages.join(' ')}.`)
  say(`Installing ${packages.join(' ')} for tests …`)
  const failure = withoutStarting(packages, () => install(packages))
  if (failure !== undefined) say(`Could not install ${packages.join(' ')}: ${failure}`)
}

/** Answers why it failed. */
function install(packages: readonly string[]): string | undefined {
  const unlocked = ['-o', 'DPkg::Lock::Timeout=60']
  // Without lists, as in a fresh container, there is nothing to install from; with old ones it may still work.
  aptGet(['update', ...unlocked])
  return aptGet(['install', '--yes', '--no-install-recommends', ...unlocked, ...packages])
}

function aptGet(args: readonly string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, error, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: 300_000 })
  if (status === 0) return undefined
  return error?.message ?? stderr.trim().split('\n').slice(-3).join(' ')
}

// Debian starts and enables a service as it installs it, unless the administrator's policy says no.
function withoutStarting<T>(packages: readonly string[], work: () => T): T {
  const isOurs = !existsSync(POLICY)
  if (isOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return work()
  } finally {
    if (isOurs) rmSync(POLICY, { force: true })
    const services = packages.filter((name) => SERVICES.includes(name))
    if (services.length > 0) spawnSync('systemctl', ['disable', ...services], { stdio: 'ignore' })
  }
}
