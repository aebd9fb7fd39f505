import { join } from 'node:path'
import { makeCertificates } from '../../redis/server/certificate.ts'
import { serviceAccountKey, tokenFile } from './identity.ts'

/** Where the parts of a control plane are. */
export interface Place {
  readonly folder: string
  /** What the API server listens to: 127.0.0.1, or where nodes reach it. */
  readonly address: string
  readonly apiPort: number
  readonly etcdPort: number
  readonly etcdPeerPort: number
  /** Addresses of Services, in CIDR notation. */
  readonly serviceRange: string
}

/** Nothing is kept beyond the test: etcd need not wait for the disk. */
export function etcdArguments({ folder, etcdPort, etcdPeerPort }: Place): readonly string[] {
  const [client, peer] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${etcdPeerPort}`]
  return [
    ...[`--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync=true', '--log-level=warn', '--name=test'],
    ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
    ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=test=${peer}`],
  ]
}

/** Admission as a cluster has it by default: Pod Security, quotas, service accounts, validating policies. */
export function apiServerArguments(place: Place): readonly string[] {
  const { folder, address, apiPort, etcdPort, serviceRange } = place
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    ...[`--bind-address=${address}`, `--advertise-address=${address}`, `--secure-port=${apiPort}`],
    // Makes a certificate of its own there, which is also the authority to check it by.
    `--cert-dir=${certificateFolder(place)}`,
    ...['--authorization-mode=Node,RBAC', `--token-auth-file=${tokenFile(folder)}`, '--anonymous-auth=false'],
    ...['--enable-admission-plugins=NodeRestriction', '--allow-privileged=true'],
    ...[`--service-account-key-file=${serviceAccountKey(folder)}`],
    ...[`--service-account-signing-key-file=${serviceAccountKey(folder)}`],
    ...['--service-account-issuer=https://kubernetes.default.svc', `--service-cluster-ip-range=${serviceRange}`],
    ...[`--audit-policy-file=${join(folder, 'audit-policy.json')}`, `--audit-log-path=${auditLog(folder)}`],
    ...['--kubelet-preferred-address-types=InternalIP', '--profiling=false', '--shutdown-delay-duration=0s'],
    // The address of a loopback is refused as an endpoint of the Service `kubernetes`.
    ...(address.startsWith('127.') ? ['--endpoint-reconciler-type=none'] : []),
  ]
}

/**
 * With which the API server passes requests on to those who serve a part of its API, and proves to them who it is, by certificates that
 * are made in a folder. It asks them at the addresses of their pods: it knows no way to those of Services.
 */
export function aggregationArguments(folder: string): readonly string[] {
  const { ca, client } = makeCertificates(folder)
  return [
    ...[`--requestheader-client-ca-file=${ca}`, '--requestheader-allowed-names=client'],
    ...['--requestheader-username-headers=X-Remote-User', '--requestheader-group-headers=X-Remote-Group'],
    ...['--requestheader-extra-headers-prefix=X-Remote-Extra-', '--enable-aggregator-routing=true'],
    ...[`--proxy-client-cert-file=${client.cert}`, `--proxy-client-key-file=${client.key}`],
  ]
}

/** Waits for what nodes miss are short, so that tests of lost nodes are. */
export function controllerManagerArguments(place: Place, kubeconfig: string): readonly string[] {
  const { folder } = place
  return [
    ...[`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', '--profiling=false'],
    ...['--use-service-account-credentials=true'],
    ...[`--service-account-private-key-file=${serviceAccountKey(folder)}`, `--root-ca-file=${authority(place)}`],
    ...['--node-monitor-period=1s', '--node-monitor-grace-period=6s'],
    ...['--horizontal-pod-autoscaler-sync-period=2s', '--horizontal-pod-autoscaler-initial-readiness-delay=1s'],
    `--flex-volume-plugin-dir=${join(folder, 'volume-plugins')}`,
  ]
}

/** It decides alone. */
export function schedulerArguments(kubeconfig: string): readonly string[] {
  return [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', '--profiling=false']
}

/** The file of the authority that signed the API server's certificate. */
export function authority(place: Pick<Place, 'folder'>): string {
  return join(certificateFolder(place), 'apiserver.crt')
}

/** The file that the API server writes who did what to. */
export function auditLog(folder: string): string {
  return join(folder, 'audit.log')
}

function certificateFolder({ folder }: Pick<Place, 'folder'>): string {
  return join(folder, 'certificates')
}
