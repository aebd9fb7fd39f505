import type { KubernetesObject } from '../../../src/manifest/object.ts'
import { NAME_SERVER } from '../image/build.ts'
import type { NodeNetwork } from './fabric.ts'

const NAMESPACE = 'kube-system'

/** What a cluster has beside what its users apply: a name server, and volumes on the disks of its nodes. */
export function systemObjects(nameServer: string, nodes: readonly NodeNetwork[]): readonly KubernetesObject[] {
  return [...nameServerObjects(nameServer), ...volumeObjects(nodes)]
}

const CONFIGURATION = `.:53 {
    errors
    ready
    kubernetes cluster.local in-addr.arpa
}
`

function nameServerObjects(clusterIP: string): readonly KubernetesObject[] {
  const [name, metadata] = ['name-server', { name: 'name-server', namespace: NAMESPACE }]
  const rbac = 'rbac.authorization.k8s.io'
  const labels = { 'k8s-app': 'kube-dns' }
  const ports = ['UDP', 'TCP'].map((protocol) => ({ name: `dns-${protocol.toLowerCase()}`, port: 53, protocol }))
  const container = {
    ...{ name, image: NAME_SERVER, imagePullPolicy: 'Never', args: ['-conf', '/etc/coredns/Corefile'] },
    volumeMounts: [{ name: 'configuration', mountPath: '/etc/coredns' }],
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
  }
  const pod = {
    ...{ serviceAccountName: name, dnsPolicy: 'Default', containers: [container] },
    tolerations: [{ operator: 'Exists' }],
    volumes: [{ name: 'configuration', configMap: { name } }],
  }
  const rules = [
    { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ]
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    {
      ...{ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name } },
      ...{ roleRef: { apiGroup: rbac, kind: 'ClusterRole', name } },
      subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: CONFIGURATION } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP, selector: labels, ports } },
    {
      ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
    },
  ]
}

/** Volumes that each node has for the first who claims them. */
const VOLUMES = 8

/** Where they are, as a node sees its own disk. */
export const volumePath = (index: number) => `/var/lib/volume-${index}`

/** How many there are. */
export const volumeIndexes: readonly number[] = Array.from({ length: VOLUMES }, (_, index) => index)

function volumeObjects(nodes: readonly NodeNetwork[]): readonly KubernetesObject[] {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
  const volumes = nodes.flatMap(({ name: node }) =>
    volumeIndexes.map((index): KubernetesObject => {
      const values = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }]
      return {
        ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: `${node}-${index}` } },
        spec: {
          ...{ capacity: { storage: '100Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'disk' },
          ...{ persistentVolumeReclaimPolicy: 'Retain', local: { path: volumePath(index) } },
          nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: values }] } },
        },
      }
    }),
  )
  const storage: KubernetesObject = {
    ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'disk', annotations } },
    ...{ provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' },
  }
  return [storage, ...volumes]
}
