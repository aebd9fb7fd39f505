import { isInstalled, skipWithoutNodes } from '../node/binary.ts'
import { EXTENSION_NAMES, findExtension } from './program.ts'

/** What the tests of scaling start beside what was built, and what Debian calls the packages that bring it. */
export const PACKAGES: Readonly<Record<string, string>> = { prometheus: 'prometheus', openssl: 'openssl' }

/** Those that are not installed. */
export function missingBinaries(): readonly string[] {
  return Object.keys(PACKAGES).filter((binary) => !isInstalled(binary))
}

/** The option `skip` of tests that scale pods: why there are no nodes, or what else is missing. */
export function skipWithoutExtensions(): string | false {
  const missing = [...EXTENSION_NAMES.filter((name) => findExtension(name) === undefined), ...missingBinaries()]
  if (missing.length === 0) return skipWithoutNodes()
  return skipWithoutNodes() || `nothing to scale by: ${missing.join(', ')} missing; run npm run test:cluster as root`
}
