import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ServerProcess, startServerProcess } from '../../redis/server/server-process.ts'
import { pathOf } from '../kubernetes/program.ts'
import { makeControlGroup, removeControlGroup } from './cgroup.ts'
import {
  containerdConfiguration,
  kubeletConfiguration,
  type NodePlace,
  networkConfiguration,
  runtimeSocket,
} from './configuration.ts'
import { proxyArguments } from './proxy.ts'
import { volumeIndexes, volumePath } from './system.ts'

/** A node: containerd, kubelet and kube-proxy in namespaces of their own. */
export interface Node {
  readonly name: string
  /** Makes an image of a file known to it. */
  importImage(archive: string): Promise<void>
  /** As when the power fails: every process on it is gone at once. */
  kill(): Promise<void>
  /** See `Fabric`: the node lives on, and nobody hears of it. */
  cut(): void
  heal(): void
  output(): string
}

/**
 * Starts a node, which then joins.
 *
 * Its processes are in namespaces of their own, of processes and mounts too: with the first of them all end, pods as well, and all that
 * was mounted is gone. Folders that programs have fixed names for are the node's own.
 */
export function startNode(place: NodePlace, kubeconfigs: { readonly kubelet: string; readonly proxy: string }): Node {
  const { network, folder, group } = place
  writeConfigurations(place)
  makeControlGroup(group)
  const isolate = [
    'unshare',
    '--mount',
    '--propagation=private',
    '--pid',
    '--fork',
    '--kill-child=KILL',
    '--mount-proc',
  ]
  const proxy = [pathOf('kube-proxy'), ...proxyArguments(network.name, kubeconfigs.proxy)]
  const kubelet = [pathOf('kubelet'), ...kubeletArguments(place, kubeconfigs.kubelet)]
  const command = [...network.enter, ...isolate, 'sh', '-c', SCRIPT, folder, String(proxy.length), ...proxy, ...kubelet]
  const [program = '', ...args] = command
  const running: ServerProcess = startServerProcess(program, args, folder)
  return {
    ...{ name: network.name, cut: network.cut, heal: network.heal, output: running.output },
    async importImage(archive) {
      const address = runtimeSocket(place)
      await promisify(execFile)('ctr', ['--address', address, '--namespace', 'k8s.io', 'images', 'import', archive])
    },
    async kill() {
      running.signal('SIGKILL')
      await running.ended
      await removeControlGroup(group)
    },
  }
}

function writeConfigurations(place: NodePlace): void {
  const { folder } = place
  const volumes = volumeIndexes.map((index) => volumePath(index).replace('/var/lib', 'lib'))
  for (const name of ['cni', 'lib/kubelet', 'log', ...volumes]) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'containerd.toml'), containerdConfiguration(place))
  writeFileSync(join(folder, 'cni/pods.conflist'), JSON.stringify(networkConfiguration(place)))
  writeFileSync(join(folder, 'kubelet.json'), JSON.stringify(kubeletConfiguration(place)))
  writeFileSync(join(folder, 'resolv.conf'), '')
}

function kubeletArguments({ network, folder }: NodePlace, kubeconfig: string): readonly string[] {
  return [
    ...[`--config=${join(folder, 'kubelet.json')}`, `--kubeconfig=${kubeconfig}`],
    ...[`--hostname-override=${network.name}`, `--node-ip=${network.address}`],
  ]
}

/** What a kubelet sets for the whole machine: it finds these instead, as it wants them, and sets nothing. */
const KERNEL = {
  ...{ 'vm.overcommit_memory': 1, 'vm.panic_on_oom': 0, 'kernel.panic': 10, 'kernel.panic_on_oops': 1 },
  ...{ 'kernel.keys.root_maxkeys': 1_000_000, 'kernel.keys.root_maxbytes': 25_000_000 },
}

// Arguments: the folder, how many words the command line of the proxy has, that command line, and the kubelet's.
const SCRIPT = `
folder=$0 words=$1
shift
mount --bind "$folder/lib" /var/lib
mount --bind "$folder/log" /var/log
mount -t tmpfs none /run
while read -r name value; do
  printf %s "$value" > "$folder/$name"
  mount --bind "$folder/$name" "/proc/sys/$(echo "$name" | tr . /)"
done << END
${Object.entries(KERNEL)
  .map(([name, value]) => `${name} ${value}`)
  .join('\n')}
END
containerd --config "$folder/containerd.toml" &
while [ ! -S "$folder/containerd.sock" ]; do sleep 0.05; done
proxy=
while [ "$words" -gt 0 ]; do proxy="$proxy $1"; shift; words=$((words - 1)); done
$proxy &
exec "$@"
`
