import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../../scripts/free-port.ts'
import { chosenPort } from '../../redis/server/port.ts'
import { type ServerProcess, startServerProcess } from '../../redis/server/server-process.ts'
import { type Client, createClient } from '../api/client.ts'
import { until } from '../api/until.ts'
import { findProgram, type Program, pathOf } from '../kubernetes/program.ts'
import {
  aggregationArguments,
  apiServerArguments,
  auditLog,
  authority,
  controllerManagerArguments,
  etcdArguments,
  type Place,
  schedulerArguments,
} from './argument.ts'
import { makeFolder, removeFolder } from './folder.ts'
import { type Identities, makeIdentities, writeKubeconfig } from './identity.ts'

/** A real control plane on ports of its own. It ends with the `await using` that holds it, or else with this process. */
export interface ControlPlane extends AsyncDisposable {
  readonly url: string
  readonly client: Client
  /** The path of an administrator's. */
  readonly kubeconfig: string
  readonly identities: Identities
  readonly place: Place
  /** The file that the API server writes who did what to, a JSON document a line. */
  readonly audit: string
  /** What a part of it has said. */
  output(program: Program): string
  /** Ends or stops one part. */
  signal(program: Program, signal: NodeJS.Signals): void
}

export interface ControlPlaneOptions {
  /** Nodes that may join. */
  readonly nodes?: readonly string[]
  /** What the API server listens to; by default 127.0.0.1, where no pod reaches it. */
  readonly address?: string
  /** Addresses of Services, in CIDR notation. */
  readonly serviceRange?: string
  /** What command lines begin with: for a network namespace of their own. */
  readonly enter?: readonly string[]
  /** Whether others may serve a part of its API, as those who measure pods do: that takes openssl. */
  readonly aggregates?: boolean
}

/**
 * Starts etcd, the API server, the controllers and the scheduler, and resolves when they work.
 *
 * Controllers and scheduler are left out where their programs are not there, as among the assets of kubebuilder.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = makeFolder()
  const running = new Map<Program, ServerProcess>()
  const close = async () => {
    for (const server of [...running.values()].reverse()) server.signal('SIGKILL')
    await Promise.all([...running.values()].map(({ ended }) => ended))
    removeFolder(folder)
  }
  try {
    const identities = makeIdentities(folder, options.nodes ?? [])
    const place = await choosePlace(folder, options)
    const start = (program: Program, args: readonly string[]) => {
      const [command = '', ...rest] = [...(options.enter ?? []), pathOf(program), ...args]
      running.set(program, startServerProcess(command, rest, folder))
    }
    const url = `https://${place.address}:${place.apiPort}`
    writeAuditPolicy(folder)
    start('etcd', etcdArguments(place))
    start('kube-apiserver', [...apiServerArguments(place), ...(options.aggregates ? aggregationArguments(folder) : [])])
    const client = await ready(url, place, identities)
    const kubeconfig = (who: keyof Omit<Identities, 'nodes'>) =>
      writeKubeconfig(folder, url, authority(place), identities[who])
    if (findProgram('kube-controller-manager') !== undefined)
      start('kube-controller-manager', controllerManagerArguments(place, kubeconfig('controllerManager')))
    if (findProgram('kube-scheduler') !== undefined)
      start('kube-scheduler', schedulerArguments(kubeconfig('scheduler')))
    await controlled(client, running.has('kube-controller-manager'))
    return {
      ...{ url, client, kubeconfig: kubeconfig('admin'), identities, place, audit: auditLog(folder) },
      output: (program) => running.get(program)?.output() ?? '',
      signal: (program, signal) => running.get(program)?.signal(signal),
      [Symbol.asyncDispose]: close,
    }
  } catch (reason) {
    const said = whatWasSaid(running)
    await close()
    throw new Error(`the control plane did not start: ${String(reason)}\n${said}`, { cause: reason })
  }
}

async function choosePlace(folder: string, options: ControlPlaneOptions): Promise<Place> {
  const apiPort = await chosenPort()
  const etcdPort = await freePort(apiPort + 1)
  const etcdPeerPort = await freePort(etcdPort + 1)
  const { address = '127.0.0.1', serviceRange = '10.96.0.0/16' } = options
  return { folder, address, apiPort, etcdPort, etcdPeerPort, serviceRange }
}

function writeAuditPolicy(folder: string): void {
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] }
  writeFileSync(join(folder, 'audit-policy.json'), JSON.stringify(policy))
  mkdirSync(join(folder, 'volume-plugins'))
}

async function ready(url: string, place: Place, { admin }: Identities): Promise<Client> {
  return until(
    'the API server is ready',
    async () => {
      if (!existsSync(authority(place))) return undefined
      const client = createClient({ url, ca: readFileSync(authority(place)), token: admin.token })
      const { status } = await client.ask('GET', '/readyz')
      return status === 200 ? client : undefined
    },
    { limit: 120_000 },
  )
}

// The first sign of the controllers is a service account; without them there is a namespace at least.
async function controlled(client: Client, hasControllers: boolean): Promise<void> {
  const path = `/api/v1/namespaces/default${hasControllers ? '/serviceaccounts/default' : ''}`
  await until(`${path} is there`, async () => {
    const { status } = await client.ask('GET', path)
    return status === 200 ? true : undefined
  })
}

// One that ends early has said why.
function whatWasSaid(running: ReadonlyMap<Program, ServerProcess>): string {
  return [...running].map(([program, server]) => `${program}: ${server.output().slice(-1500)}`).join('\n')
}
