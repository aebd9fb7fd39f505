import { readFileSync } from 'node:fs'
import type { IConfigMap, IPersistentVolumeClaim } from 'kubernetes-models/v1'
import type { KubernetesObject, Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { typed } from '../typed.ts'
import { backupJob } from './backup/job.ts'

/** Regular exports of the store, where its Redis is made with the deployment. */
export function renderBackup(plan: Plan): Manifest {
  const { redis } = plan.spec
  const isKept = redis.kind === 'managed' && redis.backup.enabled
  return {
    ...{ file: 'backup.yaml', about: 'Regular exports of the store to a volume, of which the latest are kept.' },
    objects: isKept
      ? [script(plan), claim(plan, redis.backup.storage, redis.storageClass), backupJob(plan, redis.backup)]
      : [],
  }
}

function script(plan: Plan): KubernetesObject {
  return typed<IConfigMap>({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(plan),
    data: { 'backup.sh': readFileSync(new URL('backup/backup.sh', import.meta.url), 'utf8') },
  })
}

function claim(plan: Plan, storage: string, storageClassName: string | undefined): KubernetesObject {
  return typed<IPersistentVolumeClaim>({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(plan),
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
    },
  })
}

function metadata({ name, namespace }: Plan) {
  return { name: `${name}-backup`, namespace, labels: { 'app.kubernetes.io/component': 'backup' } }
}
