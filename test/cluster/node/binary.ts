import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { PACKAGES as PROGRAMS, type Program, skipWithout } from '../kubernetes/program.ts'

/** What nodes are made of beside Kubernetes, and what Debian calls the packages that bring it. */
export const PACKAGES: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  runc: 'runc',
  nft: 'nftables',
  conntrack: 'conntrack',
  debootstrap: 'debootstrap',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  ip: 'iproute2',
  // What enforces NetworkPolicies calls these.
  ...{ iptables: 'iptables', ipset: 'ipset' },
  // The image of Redis is made of these.
  ...{ 'redis-server': 'redis-server', 'redis-sentinel': 'redis-sentinel', 'redis-cli': 'redis-tools' },
}

/** Those that are not installed. */
export function missingBinaries(): readonly string[] {
  return Object.keys(PACKAGES).filter((binary) => !isInstalled(binary))
}

/** The option `skip` of tests that start nodes: the same for all such tests, or false. */
export function skipWithoutNodes(): string | false {
  if (process.env.POLIS_TEST_KUBECONFIG) return 'tests run on your cluster: nodes are started without KUBECONFIG alone'
  if (process.getuid?.() !== 0) return 'no nodes to start: that takes root'
  const missing = missingBinaries()
  if (missing.length > 0) return `no nodes to start: ${missing.join(', ')} missing; run npm run test:cluster as root`
  // The keys of the table, which the compiler checks.
  return skipWithout(...(Object.keys(PROGRAMS) as Program[]))
}

/** Whether a program is on the path or where administrators have theirs; one with an absolute path, whether it is there. */
export function isInstalled(binary: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return binary.startsWith('/') ? existsSync(binary) : folders.some((folder) => existsSync(join(folder, binary)))
}
