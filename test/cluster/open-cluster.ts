import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { KubernetesObject } from '../../src/manifest/object.ts'
import { watchdog } from '../redis/server/watchdog.ts'
import { type Client, createClient } from './api/client.ts'
import { createFindResource, type FindResource } from './api/resource.ts'
import { until } from './api/until.ts'
import { startControlPlane } from './control-plane/start.ts'
import { kubectl, kubectlPath, type Output } from './kubectl.ts'
import { readDefinitions } from './kubernetes/definition.ts'
import { CONTROL_PLANE, skipWithout } from './kubernetes/program.ts'

/** A cluster that tests may change: what they make has names of their own. */
export interface Cluster extends AsyncDisposable {
  readonly client: Client
  readonly find: FindResource
  /** Whether it was started for this test alone; else it is the user's, and is left as it was found. */
  readonly isOwn: boolean
  /** Runs kubectl. What it prints is the answer, whatever its exit code. */
  kubectl(args: readonly string[], input?: string): Promise<Output>
}

/** The user's own kubeconfig, where `npm run test:cluster` was given one. `npm test` never is: it touches nobody's cluster. */
const KUBECONFIG = process.env.POLIS_TEST_KUBECONFIG

/** The option `skip` of tests that need a cluster. */
export function skipWithoutCluster(): string | false {
  return KUBECONFIG ? false : skipWithout(...CONTROL_PLANE)
}

/** Starts a control plane that knows the custom resources, or reaches the user's cluster. */
export function openCluster(): Promise<Cluster> {
  return KUBECONFIG ? reachCluster(KUBECONFIG) : startCluster()
}

async function startCluster(): Promise<Cluster> {
  const plane = await startControlPlane()
  try {
    const { client, kubeconfig } = plane
    const find = createFindResource(client)
    await define(client, await readDefinitions())
    return {
      ...{ client, find, isOwn: true },
      kubectl: (args, input) => kubectl(kubeconfig, args, input),
      [Symbol.asyncDispose]: () => plane[Symbol.asyncDispose](),
    }
  } catch (reason) {
    await plane[Symbol.asyncDispose]()
    throw reason
  }
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** Makes definitions of custom resources, and resolves when the server serves them. */
export async function define(client: Client, definitions: readonly KubernetesObject[]): Promise<void> {
  const made = await Promise.all(definitions.map((body) => client.ask('POST', DEFINITIONS, { body })))
  const refused = made.filter(({ status }) => status !== 201).map(({ body }) => body.message)
  if (refused.length > 0) throw new Error(refused.join('\n'))
  for (const { metadata } of definitions) {
    await until(`${metadata.name} is established`, async () => {
      const { body } = await client.ask('GET', `${DEFINITIONS}/${metadata.name}`)
      const conditions: readonly { type: string; status: string }[] = body.status?.conditions ?? []
      return conditions.some(({ type, status }) => type === 'Established' && status === 'True') ? true : undefined
    })
  }
}

// Kubeconfigs know many ways to say who one is: kubectl knows them all.
async function reachCluster(kubeconfig: string): Promise<Cluster> {
  const args = ['--kubeconfig', kubeconfig, 'proxy', '--port=0']
  const proxy = spawn(kubectlPath(), args, { stdio: ['ignore', 'pipe', 'inherit'] })
  watchdog().watch(proxy.pid ?? 0)
  for await (const line of createInterface(proxy.stdout)) {
    const [, address] = /on (127\.0\.0\.1:\d+)/.exec(line) ?? []
    if (address === undefined) continue
    const client = createClient({ url: `http://${address}` })
    return {
      ...{ client, find: createFindResource(client), isOwn: false },
      kubectl: (more, input) => kubectl(kubeconfig, more, input),
      async [Symbol.asyncDispose]() {
        proxy.kill()
        watchdog().forget(proxy.pid ?? 0)
      },
    }
  }
  throw new Error(`kubectl proxy ended: is ${kubeconfig} a kubeconfig that works?`)
}
