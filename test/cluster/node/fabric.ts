import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { watchdog } from '../../redis/server/watchdog.ts'

/**
 * The network of a cluster: a namespace for the control plane, one for each node, and a bridge that connects them.
 *
 * This machine has one cable to the bridge, and reaches Services through it; nothing else of its network changes. All of it is gone with
 * the `using` that holds it, or else with this process.
 */
export interface Fabric extends Disposable {
  /** What a command line begins with to be executed beside the control plane. */
  readonly enter: readonly string[]
  /** Of the control plane. */
  readonly address: string
  /** Of Services and of pods, in CIDR notation. */
  readonly serviceRange: string
  readonly podRange: string
  readonly nodes: readonly NodeNetwork[]
}

/** Where a node is. */
export interface NodeNetwork {
  readonly name: string
  readonly address: string
  readonly podRange: string
  readonly enter: readonly string[]
  /** From now on nothing gets through to it or from it, and nobody is told. */
  cut(): void
  heal(): void
}

/** Lays the network for nodes of these names. */
export function layFabric(nodeNames: readonly string[]): Fabric {
  // 198.18.0.0/15 is for measurements between networks: nobody else's on any machine.
  const id = randomInt(256)
  const at = (host: number) => `198.18.${id}.${host}`
  const spaces: string[] = []
  const space = (name: string): string => {
    const full = `polis-${id}-${name}`
    ip('netns', 'add', full)
    watchdog().watch(`netns:${full}`)
    spaces.push(full)
    ip('-n', full, 'link', 'set', 'lo', 'up')
    // A node passes on what comes from its pods, also what one of them sends to another by way of a Service.
    inside(full, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    inside(full, 'sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=1')
    return full
  }
  const fabric = {
    ...{ address: at(1), serviceRange: `198.19.${id}.0/24`, podRange: '10.97.0.0/16' },
    [Symbol.dispose]() {
      for (const name of spaces) {
        ip('netns', 'delete', name)
        watchdog().forget(`netns:${name}`)
      }
    },
  }
  try {
    const hub = space('hub')
    ip('-n', hub, 'link', 'add', 'hub', 'type', 'bridge')
    ip('-n', hub, 'address', 'add', `${at(1)}/24`, 'dev', 'hub')
    ip('-n', hub, 'link', 'set', 'hub', 'up')
    plug(hub, `polis${id}`, undefined, `${at(254)}/24`)
    ip('route', 'add', fabric.serviceRange, 'via', at(1))
    const nodes = nodeNames.map((name, index): NodeNetwork & { readonly full: string } => {
      const [full, address] = [space(name), at(11 + index)]
      plug(hub, `to-${name}`, full, `${address}/24`)
      ip('-n', full, 'route', 'add', 'default', 'via', at(1))
      return {
        ...{ name, full, address, podRange: `10.97.${index + 1}.0/24`, enter: enter(full) },
        cut: () => ip('-n', hub, 'link', 'set', `to-${name}`, 'down'),
        heal: () => ip('-n', hub, 'link', 'set', `to-${name}`, 'up'),
      }
    })
    for (const { podRange, address } of nodes)
      for (const from of [hub, ...nodes.flatMap((node) => (node.address === address ? [] : [node.full]))])
        ip('-n', from, 'route', 'add', podRange, 'via', address)
    return { ...fabric, enter: enter(hub), nodes }
  } catch (reason) {
    fabric[Symbol.dispose]()
    throw reason
  }
}

/** Lays a cable from the bridge to a namespace; without one, to this machine. */
function plug(hub: string, end: string, space: string | undefined, address: string): void {
  const within = space === undefined ? [] : ['-n', space]
  const [port, device] = space === undefined ? ['to-machine', end] : [end, 'eth0']
  ip(...within, 'link', 'add', device, 'type', 'veth', 'peer', 'name', port, 'netns', hub)
  ip('-n', hub, 'link', 'set', port, 'master', 'hub')
  ip('-n', hub, 'link', 'set', port, 'up')
  ip(...within, 'address', 'add', address, 'dev', device)
  ip(...within, 'link', 'set', device, 'up')
}

// `ip netns exec` would hide the hierarchies of control groups.
function enter(space: string): readonly string[] {
  return ['nsenter', `--net=/var/run/netns/${space}`]
}

function inside(space: string, ...command: readonly string[]): void {
  const [program = '', ...args] = [...enter(space), ...command]
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
