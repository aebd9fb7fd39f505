import { join } from 'node:path'
import type { NodeNetwork } from './fabric.ts'

/** Where a node keeps what it has. */
export interface NodePlace {
  readonly network: NodeNetwork
  readonly folder: string
  /** Of its control groups. */
  readonly group: string
  /** Address of the cluster's name server. */
  readonly nameServer: string
}

/** Image of the container that holds a pod's namespaces. */
export const PAUSE = 'localhost/pause:1'

/** The socket of the container runtime. */
export function runtimeSocket({ folder }: Pick<NodePlace, 'folder'>): string {
  return join(folder, 'containerd.sock')
}

/** Configuration of containerd. It may not make a process less likely to be killed than itself: that takes a right that we may not have. */
export function containerdConfiguration({ folder }: NodePlace): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  return `version = 2
root = "${join(folder, 'containerd')}"
state = "/run/containerd"
[grpc]
  address = "${runtimeSocket({ folder })}"
[${cri}]
  sandbox_image = "${PAUSE}"
  restrict_oom_score_adj = true
[${cri}.cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${join(folder, 'cni')}"
`
}

/** How pods are connected: a bridge on each node. */
export function networkConfiguration({ network }: NodePlace): unknown {
  const ipam = { type: 'host-local', ranges: [[{ subnet: network.podRange }]], routes: [{ dst: '0.0.0.0/0' }] }
  const bridge = { type: 'bridge', bridge: 'pods', isGateway: true, hairpinMode: true, ipam }
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }],
  }
}

/** Configuration of the kubelet. It tells often that it lives, so that tests of lost nodes are short. */
export function kubeletConfiguration({ folder, group, nameServer }: NodePlace): unknown {
  const few = '1%'
  return {
    ...{ apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' },
    containerRuntimeEndpoint: `unix://${runtimeSocket({ folder })}`,
    ...{ failCgroupV1: false, cgroupDriver: 'cgroupfs', cgroupRoot: `/${group}`, oomScoreAdj: 0, failSwapOn: false },
    evictionHard: {
      'memory.available': few,
      'nodefs.available': few,
      'nodefs.inodesFree': few,
      'imagefs.available': few,
    },
    ...{ imageGCHighThresholdPercent: 100, makeIPTablesUtilChains: false },
    ...{ nodeStatusUpdateFrequency: '2s', nodeLeaseDurationSeconds: 4 },
    // Only the control plane of the test reaches it, in a network of their own.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    ...{ authorization: { mode: 'AlwaysAllow' }, readOnlyPort: 0 },
    ...{ clusterDNS: [nameServer], clusterDomain: 'cluster.local', resolvConf: join(folder, 'resolv.conf') },
  }
}
