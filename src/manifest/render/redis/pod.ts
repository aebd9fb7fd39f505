import type { IContainer, IEnvVar, IPodSpec, IPodTemplateSpec, IVolumeMount } from 'kubernetes-models/v1'
import type { Plan } from '../../plan.ts'
import { CONTAINER_SECURITY, podSecurity } from '../pod/security.ts'
import { filesHash } from './file.ts'
import type { Part, Parts } from './part.ts'

/** The user of the images of Redis and Valkey. */
const USER = 999

/** Seconds that replicas wait for the server that led before, where all start again: volumes may have to move to other nodes first. */
const PATIENCE = 300

/**
 * Seconds that the node may take for a probe. The scripts give a server three to answer, so that one that hangs is found no later; the rest
 * is for nodes so busy that it takes them long to execute anything, where ending what works would only make it worse.
 */
export const PROBE_TIMEOUT = 15

const FOLDERS = { config: '/config', passwords: '/passwords', run: '/run/redis', data: '/data', tls: '/tls' } as const

/** What differs between the two kinds of pods. */
export interface PodOptions {
  /** Name of the script that the container executes. */
  readonly script: string
  readonly grace: number
  readonly cpu: string
  readonly memory: string
  readonly container: Pick<IContainer, 'lifecycle' | 'startupProbe' | 'livenessProbe' | 'readinessProbe'>
}

/** A pod of Redis or of a Sentinel: without rights, with a root that cannot be written, and passwords in files alone. */
export function podOf(plan: Plan, parts: Parts, part: Part, options: PodOptions): IPodTemplateSpec {
  const { priorityClass, annotations, image } = plan.spec
  return {
    metadata: {
      labels: { ...plan.labels, ...part.selector },
      annotations: { ...annotations, 'agentpolis.dev/files': filesHash(plan, parts) },
    },
    spec: {
      ...{ serviceAccountName: `${plan.name}-${part.component}`, automountServiceAccountToken: false },
      enableServiceLinks: false,
      ...(image.pullSecrets.length === 0 ? {} : { imagePullSecrets: image.pullSecrets.map((name) => ({ name })) }),
      ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
      terminationGracePeriodSeconds: options.grace,
      securityContext: podSecurity(USER),
      topologySpreadConstraints: spread(part),
      initContainers: [hostsMaker(parts, part, options)],
      containers: [containerOf(parts, part, options)],
      volumes: volumes(parts),
    },
  }
}

/** A probe that executes a script in the container. */
export function execute(script: string, ...args: readonly string[]): { readonly exec: { command: string[] } } {
  return { exec: { command: ['sh', `${FOLDERS.config}/${script}.sh`, ...args] } }
}

// The node's own /etc/hosts of a pod belongs to root.
function hostsMaker(parts: Parts, part: Part, options: PodOptions): IContainer {
  return {
    ...base('hosts', 'make-hosts', parts, part, options),
    volumeMounts: [mount('config', { readOnly: true }), mount('run')],
  }
}

function containerOf(parts: Parts, part: Part, options: PodOptions): IContainer {
  const { name, number } = part.port
  return {
    ...base(part.component, options.script, parts, part, options),
    ports: [{ name, containerPort: number, protocol: 'TCP' }],
    volumeMounts: [
      ...(['config', 'passwords'] as const).map((volume) => mount(volume, { readOnly: true })),
      ...(['run', 'data'] as const).map((volume) => mount(volume)),
      { name: 'run', mountPath: '/etc/hosts', subPath: 'hosts', readOnly: true },
      ...(parts.redis.tlsSecret === undefined ? [] : [mount('tls', { readOnly: true })]),
    ],
    ...options.container,
  }
}

function base(
  name: string,
  script: string,
  parts: Parts,
  part: Part,
  { cpu, memory }: PodOptions,
): Omit<IContainer, 'volumeMounts'> {
  return {
    ...{ name, image: parts.spec.image, command: ['sh', `${FOLDERS.config}/${script}.sh`] },
    env: environment(parts, part),
    resources: { requests: { cpu, memory }, limits: { memory } },
    securityContext: CONTAINER_SECURITY,
  }
}

function mount(volume: keyof typeof FOLDERS, more: { readonly readOnly?: true } = {}): IVolumeMount {
  return { name: volume, mountPath: FOLDERS[volume], ...more }
}

// Apart where that can be had: a cluster of one node has all of them there.
function spread({ selector }: Part): NonNullable<IPodSpec['topologySpreadConstraints']> {
  return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    ...{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway' },
    labelSelector: { matchLabels: { ...selector } },
  }))
}

function environment({ redis, spec }: Parts, part: Part): IEnvVar[] {
  const [, ...domain] = (part.component === 'redis' ? redis.hosts : redis.sentinelHosts)[0]?.split('.') ?? []
  const values = {
    SELF: ['$(POD)', ...domain].join('.'),
    REDIS_HOSTS: redis.hosts.join(' '),
    SENTINEL_HOSTS: redis.sentinelHosts.join(' '),
    REDIS_PORT: String(redis.port),
    SENTINEL_PORT: String(redis.sentinelPort),
    PRIMARY: redis.primary,
    QUORUM: String(Math.floor(spec.sentinels / 2) + 1),
    PATIENCE: String(PATIENCE),
    ...{ CONFIG: FOLDERS.config, PASSWORDS: FOLDERS.passwords, RUN: FOLDERS.run, DATA: FOLDERS.data },
    TLS: redis.tlsSecret === undefined ? '' : FOLDERS.tls,
  }
  return [
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ...Object.entries(values).map(([name, value]) => ({ name, value })),
  ]
}

function volumes({ redis, files }: Parts): NonNullable<IPodSpec['volumes']> {
  const [readable, own] = [0o444, 0o440]
  // A file for each user, called as it is.
  const sources = [
    { secret: { name: redis.secret, items: [{ key: 'password', path: 'polis' }] } },
    { secret: { name: redis.serverSecret, items: ['server', 'probe'].map((key) => ({ key, path: key })) } },
  ]
  return [
    { name: 'config', configMap: { name: files, defaultMode: readable } },
    { name: 'passwords', projected: { defaultMode: own, sources } },
    { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
    ...(redis.tlsSecret === undefined
      ? []
      : [{ name: 'tls', secret: { secretName: redis.tlsSecret, defaultMode: own } }]),
  ]
}
