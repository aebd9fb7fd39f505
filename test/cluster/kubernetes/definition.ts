import { globSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { KubernetesObject } from '../../../src/manifest/object.ts'
import { goModule } from './go.ts'
import { cacheFolder } from './program.ts'
import { KEDA } from './version.ts'

/** A Go module that ships definitions of custom resources, and where in it they are. */
interface Source {
  readonly path: string
  readonly version: string
  readonly files: string
}

const SOURCES: readonly Source[] = [
  { path: 'istio.io/api', version: 'v1.31.4', files: 'kubernetes/customresourcedefinitions.gen.yaml' },
  {
    path: 'github.com/kedacore/keda/v2',
    version: `v${KEDA}`,
    files: 'config/crd/bases/keda.sh_{scaledobjects,scaledjobs,*triggerauthentications}.yaml',
  },
  {
    path: 'sigs.k8s.io/gateway-api',
    version: 'v1.6.3',
    files:
      'config/crd/standard/gateway.networking.k8s.io_{gateways,gatewayclasses,httproutes,grpcroutes,referencegrants}.yaml',
  },
  {
    path: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    files: 'example/prometheus-operator-crd/monitoring.coreos.com_{podmonitors,servicemonitors,prometheusrules}.yaml',
  },
  {
    path: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    files: 'config/crds/bases/external-secrets.io_{externalsecrets,secretstores,clustersecretstores}.yaml',
  },
  {
    path: 'github.com/bitnami-labs/sealed-secrets',
    version: 'v0.40.0',
    files: 'helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml',
  },
]

/**
 * The definitions of the custom resources that manifests may have: Istio, KEDA, Gateway API, Prometheus operator, External and Sealed
 * Secrets, from their own Go modules. They are kept beside the programs, so that Go and the network are needed once.
 */
export async function readDefinitions(): Promise<readonly KubernetesObject[]> {
  return (await Promise.all(SOURCES.map(definitionsOf))).flat()
}

async function definitionsOf({ path, version, files }: Source): Promise<readonly KubernetesObject[]> {
  const kept = join(dirname(cacheFolder()), 'definition', `${path.replaceAll('/', '-')}@${version}.json`)
  const text = await readFile(kept, 'utf8').catch(() => undefined)
  // Written below.
  if (text !== undefined) return JSON.parse(text) as readonly KubernetesObject[]
  const { Dir } = await goModule(path, version)
  const found = globSync(join(Dir, files)).sort()
  if (found.length === 0) throw new Error(`${path}@${version} has no ${files}`)
  const texts = await Promise.all(found.map((file) => readFile(file, 'utf8')))
  const definitions = texts.flatMap((each) => parseAllDocuments(each).map((document) => document.toJS()))
  await mkdir(dirname(kept), { recursive: true })
  // Whole or not at all, whoever else does the same.
  const part = `${kept}.${process.pid}`
  await writeFile(part, JSON.stringify(definitions))
  await rename(part, kept)
  return definitions
}
