import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ServerProcess, startServerProcess } from '../../redis/server/server-process.ts'
import { applyObject, complaintsOf } from '../api/apply.ts'
import type { Client } from '../api/client.ts'
import { createFindResource } from '../api/resource.ts'
import { until } from '../api/until.ts'
import { authority } from '../control-plane/argument.ts'
import { writeKubeconfig } from '../control-plane/identity.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../control-plane/start.ts'
import { systemImages } from '../image/build.ts'
import { pathOf } from '../kubernetes/program.ts'
import { enforcerCommand } from './enforcer.ts'
import { type Fabric, layFabric } from './fabric.ts'
import { proxyArguments } from './proxy.ts'
import { type Node, startNode } from './start.ts'
import { systemObjects } from './system.ts'

/** A cluster that runs pods: a control plane and nodes, each in namespaces of its own. */
export interface Machines extends AsyncDisposable {
  readonly plane: ControlPlane
  readonly client: Client
  readonly nodes: readonly Node[]
  /** What a command line begins with to be executed beside the control plane. */
  readonly enter: readonly string[]
  /** Makes an image known to every node. */
  importImage(archive: string): Promise<void>
}

/** What a cluster has beside nodes. */
export interface MachinesOptions extends Pick<ControlPlaneOptions, 'aggregates'> {
  /** Whether NetworkPolicies are enforced; else they are only admitted. */
  readonly enforced?: boolean
}

/** Starts it, and resolves when every node is ready and names are answered. It ends with the `await using` that holds it. */
export async function startMachines(
  nodeNames: readonly string[] = ['one', 'two'],
  { aggregates, enforced = false }: MachinesOptions = {},
): Promise<Machines> {
  const fabric = layFabric(nodeNames)
  const closers: (() => unknown)[] = [() => fabric[Symbol.dispose]()]
  const close = async () => {
    for (const closer of closers.toReversed()) await closer()
  }
  try {
    const { address, serviceRange, enter } = fabric
    const plane = await startControlPlane({
      ...{ nodes: nodeNames, address, serviceRange, enter },
      ...(aggregates === undefined ? {} : { aggregates }),
    })
    closers.push(() => plane[Symbol.asyncDispose]())
    const nodes = fabric.nodes.map((network) => {
      const node = joinNode(plane, fabric, network)
      closers.push(() => node.kill())
      return node
    })
    const keep = (server: ServerProcess) =>
      closers.push(async () => {
        server.signal('SIGKILL')
        await server.ended
      })
    keep(startHubProxy(plane, fabric))
    const importImage = async (archive: string) => {
      await Promise.all(nodes.map((node) => node.importImage(archive)))
    }
    await Promise.all(nodes.map((node) => joined(plane.client, node)))
    // It ends where its node is not known yet.
    if (enforced) startEnforcers(plane, fabric).forEach(keep)
    for (const image of systemImages()) await importImage(image)
    await furnish(plane.client, fabric)
    return { plane, client: plane.client, nodes, enter, importImage, [Symbol.asyncDispose]: close }
  } catch (reason) {
    await close()
    throw reason
  }
}

function joinNode(plane: ControlPlane, fabric: Fabric, network: Fabric['nodes'][number]): Node {
  const folder = join(plane.place.folder, network.name)
  mkdirSync(folder)
  const { nodes, proxy } = plane.identities
  const identity = nodes[network.name]
  if (identity === undefined) throw new Error(`${network.name} has no identity`)
  const place = {
    network,
    folder,
    group: `polis-${fabric.address.split('.')[2]}-${network.name}`,
    nameServer: nameServerOf(fabric),
  }
  const config = (who: typeof identity) => writeKubeconfig(folder, plane.url, authority(plane.place), who)
  return startNode(place, { kubelet: config(identity), proxy: config(proxy) })
}

// This machine reaches Services through the control plane's network, which has a proxy of its own: no node has to live for it.
function startHubProxy(plane: ControlPlane, { enter, nodes }: Fabric): ServerProcess {
  const { folder } = plane.place
  const kubeconfig = writeKubeconfig(folder, plane.url, authority(plane.place), plane.identities.proxy)
  const [first] = nodes
  const [command = '', ...args] = [...enter, pathOf('kube-proxy'), ...proxyArguments(first?.name ?? '', kubeconfig)]
  return startServerProcess(command, args, folder)
}

// Beside the nodes, in their networks: each keeps what its node passes on to pods and from them.
function startEnforcers(
  { kubeconfig, place }: ControlPlane,
  { nodes, serviceRange }: Fabric,
): readonly ServerProcess[] {
  return nodes.map(({ name, enter }) => {
    const [command = '', ...args] = [...enter, ...enforcerCommand(name, kubeconfig, serviceRange)]
    return startServerProcess(command, args, place.folder)
  })
}

async function joined(client: Client, node: Node): Promise<void> {
  const isReady = async () => {
    const { body } = await client.ask('GET', `/api/v1/nodes/${node.name}`)
    const conditions: readonly { type: string; status: string }[] = body.status?.conditions ?? []
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ? true : undefined
  }
  await until(`node ${node.name} is ready`, isReady).catch((reason) => {
    throw new Error(`${String(reason)}\n${node.output().slice(-3000)}`, { cause: reason })
  })
}

async function furnish(client: Client, fabric: Fabric): Promise<void> {
  const find = createFindResource(client)
  const objects = systemObjects(nameServerOf(fabric), fabric.nodes)
  const refused = complaintsOf(await Promise.all(objects.map((object) => applyObject(client, find, object))))
  if (refused.length > 0) throw new Error(refused.join('\n'))
  for (const [index, { name }] of fabric.nodes.entries()) {
    const body = { metadata: { labels: { 'topology.kubernetes.io/zone': `zone-${index + 1}` } } }
    const contentType = 'application/merge-patch+json'
    await client.ask('PATCH', `/api/v1/nodes/${name}`, { body, contentType })
  }
  await until('the name server is ready on every node', async () => {
    const { body } = await client.ask('GET', '/apis/apps/v1/namespaces/kube-system/daemonsets/name-server')
    return body.status?.numberReady === fabric.nodes.length ? true : undefined
  })
}

// The tenth address of Services, as is the custom.
function nameServerOf({ serviceRange }: Fabric): string {
  return serviceRange.replace(/\.0\/\d+$/, '.10')
}
