import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../kubernetes/program.ts'
import { KEDA, METRICS_SERVER } from '../kubernetes/version.ts'

/** A program that a cluster has beside Kubernetes, which it runs in a pod. */
export interface Extension {
  /** The Go module that it is built from, which has its manifests too. */
  readonly module: string
  readonly version: string
  /** Its package in that module. */
  readonly package: string
  /** What its manifests call its image, without a tag. */
  readonly image: string
  /** Where they expect it in the image. */
  readonly path: string
}

const keda = { module: 'github.com/kedacore/keda/v2', version: KEDA }

/** The programs, by the names under which they are kept. */
export const EXTENSIONS = {
  'keda-operator': { ...keda, package: 'cmd/operator', image: 'ghcr.io/kedacore/keda', path: '/keda' },
  'keda-adapter': {
    ...{ ...keda, package: 'cmd/adapter' },
    ...{ image: 'ghcr.io/kedacore/keda-metrics-apiserver', path: '/keda-adapter' },
  },
  'metrics-server': {
    ...{ module: 'sigs.k8s.io/metrics-server', version: METRICS_SERVER, package: 'cmd/metrics-server' },
    ...{ image: 'gcr.io/k8s-staging-metrics-server/metrics-server', path: '/metrics-server' },
  },
} as const satisfies Readonly<Record<string, Extension>>

/** The name of a program. */
export type ExtensionName = keyof typeof EXTENSIONS

/** All of them. */
export const EXTENSION_NAMES = ['keda-operator', 'keda-adapter', 'metrics-server'] as const

/** The folder that a module's programs are built into, beside those of Kubernetes. */
export function folderOf({ module, version }: Extension): string {
  const short = module.replace(/\/v\d+$/, '').replace(/^.*\//, '')
  return join(dirname(cacheFolder()), `${short}-${version}-${process.platform}-${process.arch}`)
}

/** The path of a program; undefined where it was not built. */
export function findExtension(name: ExtensionName): string | undefined {
  const path = join(folderOf(EXTENSIONS[name]), name)
  return existsSync(path) ? path : undefined
}
