import type { ICronJob } from 'kubernetes-models/batch/v1'
import type { IContainer, IPodSpec } from 'kubernetes-models/v1'
import type { KubernetesObject } from '../../object.ts'
import { BACKUP } from '../../plan/redis.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { environmentOf } from '../agent/environment.ts'
import { type MountedVolume, secretVolumes } from '../agent/volume.ts'
import { configurationName } from '../configuration.ts'
import { AGENT_USER, CONTAINER_SECURITY, podSecurity } from '../pod/security.ts'

/** Seconds that an export may take, and by which it may begin late: one that is missed is made the next time. */
const DEADLINE = 4 * 3600
const LATE = 600

/** When, and how many are kept. */
export interface BackupOptions {
  readonly schedule: string
  readonly keep: number
}

/** The CronJob that exports the store: never two at a time. */
export function backupJob(plan: Plan, { schedule, keep }: BackupOptions): KubernetesObject {
  const { name, namespace } = plan
  const component = { 'app.kubernetes.io/component': 'backup' }
  return typed<ICronJob>({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: `${name}-backup`, namespace, labels: component },
    spec: {
      ...{ schedule, timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid', startingDeadlineSeconds: LATE },
      ...{ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 3 },
      jobTemplate: {
        metadata: { labels: { ...plan.labels, ...component } },
        spec: {
          ...{ backoffLimit: 2, activeDeadlineSeconds: DEADLINE },
          template: { metadata: { labels: { ...plan.labels, ...component } }, spec: podSpec(plan, keep) },
        },
      },
    },
  })
}

function podSpec(plan: Plan, keep: number): IPodSpec {
  const { spec, name } = plan
  const { priorityClass, nodeSelector, image } = spec
  const secrets = secretVolumes(plan)
  return {
    ...{ restartPolicy: 'Never', serviceAccountName: `${name}-backup`, automountServiceAccountToken: false },
    enableServiceLinks: false,
    ...(image.pullSecrets.length === 0
      ? {}
      : { imagePullSecrets: image.pullSecrets.map((secret) => ({ name: secret })) }),
    ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...nodeSelector } }),
    securityContext: podSecurity(AGENT_USER),
    containers: [container(plan, keep, secrets)],
    volumes: [
      { name: 'script', configMap: { name: `${name}-backup`, defaultMode: 0o444 } },
      { name: 'backup', persistentVolumeClaim: { claimName: `${name}-backup` } },
      { name: 'tmp', emptyDir: { sizeLimit: BACKUP.disk } },
      ...secrets.map(({ volume }) => volume),
    ],
  }
}

// The export is by the image and the settings of agents: what they read, it writes down.
function container(plan: Plan, keep: number, secrets: readonly MountedVolume[]): IContainer {
  const both = { memory: BACKUP.memory, 'ephemeral-storage': BACKUP.disk }
  return {
    ...{ name: 'backup', image: plan.image, imagePullPolicy: plan.spec.image.pullPolicy },
    command: ['sh', '/script/backup.sh'],
    envFrom: [{ configMapRef: { name: configurationName(plan) } }],
    env: [...environmentOf(plan), { name: 'BACKUPS', value: '/backup' }, { name: 'KEEP', value: String(keep) }],
    resources: { requests: { cpu: BACKUP.cpu, ...both }, limits: both },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: 'script', mountPath: '/script', readOnly: true },
      { name: 'backup', mountPath: '/backup' },
      { name: 'tmp', mountPath: '/tmp' },
      ...secrets.map(({ volume: { name }, mount }) => ({ name, ...mount })),
    ],
  }
}
