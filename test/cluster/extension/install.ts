import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { KubernetesObject } from '../../../src/manifest/object.ts'
import { applyObject } from '../api/apply.ts'
import { createFindResource } from '../api/resource.ts'
import { until } from '../api/until.ts'
import { kubectlPath, run } from '../kubectl.ts'
import { goModule } from '../kubernetes/go.ts'
import type { Machines } from '../node/start-machines.ts'
import { imageName, importExtension } from './image.ts'
import { EXTENSIONS, type ExtensionName } from './program.ts'

/** What is installed together, and how one knows that it works. */
interface Installation {
  readonly programs: readonly ExtensionName[]
  /** The folder of its kustomization in the module. */
  readonly folder: string
  /** Further arguments of its containers. */
  readonly more: readonly string[]
  /** The API that it serves through the API server. */
  readonly api: string
}

const INSTALLATIONS = {
  // Without its webhooks: they say early what its controller says later.
  keda: {
    programs: ['keda-operator', 'keda-adapter'],
    ...{ folder: 'config/minimal', more: [], api: 'v1beta1.external.metrics.k8s.io' },
  },
  'metrics-server': {
    programs: ['metrics-server'],
    ...{ folder: 'manifests/base', api: 'v1beta1.metrics.k8s.io' },
    // Kubelets of tests have certificates that nobody signed; the last of two equal options counts.
    more: ['--kubelet-insecure-tls', '--metric-resolution=10s', '--kubelet-request-timeout=5s'],
  },
} as const satisfies Readonly<Record<string, Installation>>

/** Installs it by its maker's own manifests, with images that were built here, and resolves when its API is served. */
export async function install(machines: Machines, name: keyof typeof INSTALLATIONS, folder: string): Promise<void> {
  const { programs, more, api, ...installation }: Installation = INSTALLATIONS[name]
  for (const program of programs) await importExtension(machines, program, folder)
  const objects = await readObjects(programs, installation.folder)
  const find = createFindResource(machines.client)
  for (const object of objects) {
    const changed = object.kind === 'Deployment' ? withOwnImages(object, programs, more) : object
    // Kinds that were defined a moment ago are not known yet.
    await until(`${object.kind} ${object.metadata.name} is applied`, async () => {
      const { answer } = await applyObject(machines.client, find, changed)
      if (answer.status < 300) return true
      throw new Error(`${answer.status} ${answer.body.message}`)
    })
  }
  await until(`${api} is served`, () => served(machines, api), { limit: 300_000, every: 500 })
}

async function readObjects(programs: readonly ExtensionName[], folder: string): Promise<readonly KubernetesObject[]> {
  const [first = 'keda-operator'] = programs
  const { module, version } = EXTENSIONS[first]
  const { Dir } = await goModule(module, `v${version}`)
  const { code, stdout, stderr } = await run(kubectlPath(), ['kustomize', join(Dir, folder)])
  if (code !== 0) throw new Error(stderr)
  return parseAllDocuments(stdout).map((document) => document.toJS())
}

interface Container {
  readonly image: string
  readonly args: readonly string[]
}

function withOwnImages(
  object: KubernetesObject,
  programs: readonly ExtensionName[],
  more: readonly string[],
): KubernetesObject {
  // A Deployment of theirs, which the API server checks again.
  const copy = structuredClone(object) as unknown as {
    readonly spec: { readonly template: { readonly spec: { containers: readonly Container[] } } }
  }
  const pod = copy.spec.template.spec
  pod.containers = pod.containers.map((container) => {
    const program = programs.find((it) => container.image.startsWith(`${EXTENSIONS[it].image}:`))
    if (program === undefined) throw new Error(`nobody builds ${container.image}`)
    return {
      ...{ ...container, args: [...container.args, ...more] },
      ...{ image: imageName(program), imagePullPolicy: 'Never' },
    }
  })
  return copy as unknown as KubernetesObject
}

async function served({ client }: Machines, api: string): Promise<true | undefined> {
  const { body } = await client.ask('GET', `/apis/apiregistration.k8s.io/v1/apiservices/${api}`)
  const conditions: readonly { type: string; status: string; message: string }[] = body.status?.conditions ?? []
  const available = conditions.find(({ type }) => type === 'Available')
  if (available?.status === 'True') return true
  throw new Error(available?.message ?? 'it is not registered')
}
