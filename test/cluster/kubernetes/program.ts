import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ETCD, KUBERNETES } from './version.ts'

/** The Go programs that a cluster is made of. */
export type Program = keyof typeof PACKAGES

/** The Go packages that they are built from. */
export const PACKAGES = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kubelet: 'k8s.io/kubernetes/cmd/kubelet',
  'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
} as const

/** What a control plane needs; the others make a node. */
export const CONTROL_PLANE: readonly Program[] = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-controller-manager',
  'kube-scheduler',
]

/** Where what was built is kept, outside the checkout: other checkouts and later runs find it there. */
export function cacheFolder(): string {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(caches, 'agentpolis', 'kubernetes', `${KUBERNETES}-etcd-${ETCD}-${process.platform}-${process.arch}`)
}

/** The path of a program; undefined where it is neither in KUBEBUILDER_ASSETS nor was built. */
export function findProgram(program: Program): string | undefined {
  const folders = [process.env.KUBEBUILDER_ASSETS, cacheFolder()]
  return folders.flatMap((folder) => (folder ? [join(folder, program)] : [])).find((path) => existsSync(path))
}

/** The path of a program that must be there: tests ask `skipWithout` first. */
export function pathOf(program: Program): string {
  const path = findProgram(program)
  if (path === undefined) throw new Error(`${program} is not built: npm run test:cluster builds it, with Go`)
  return path
}

/** The option `skip` of tests that start these programs: the same for all such tests, or false. */
export function skipWithout(...programs: readonly Program[]): string | false {
  const missing = programs.filter((program) => findProgram(program) === undefined)
  if (missing.length === 0) return false
  return 'no Kubernetes to start: with Go installed, `npm run test:cluster` builds one; or set KUBEBUILDER_ASSETS'
}
