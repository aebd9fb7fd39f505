import { dirname } from 'node:path/posix'
import type { IVolume, IVolumeMount } from 'kubernetes-models/v1'
import type { Plan, RolePlan } from '../../plan.ts'

/** The folder of the project in its image. */
const PROJECT = '/app'

/** Read by the owner and the group, which is that of the pod: 0440. */
const READ_ONLY_MODE = 0o440

/** A volume of a pod, and where its container sees it. */
export interface MountedVolume {
  readonly volume: IVolume
  readonly mount: Omit<IVolumeMount, 'name'>
}

/** What the pods of a role have beside their image: two folders to write to, and the files of secrets. */
export function volumesOf(plan: Plan, { disk }: RolePlan): readonly MountedVolume[] {
  const empty = (name: string, mountPath: string): MountedVolume => ({
    volume: { name, emptyDir: { sizeLimit: disk } },
    mount: { mountPath },
  })
  return [empty('tmp', '/tmp'), empty('state', `${PROJECT}/.polis`), ...secretVolumes(plan)]
}

/** The files of secrets that whoever runs the project's image has. */
export function secretVolumes(plan: Plan): readonly MountedVolume[] {
  return [...secretFiles(plan), ...certificate(plan)]
}

function secretFiles({ secrets }: Plan): readonly MountedVolume[] {
  return secrets.flatMap(({ name, purpose, keys, use }) =>
    use.kind === 'files' ? [filesOf(`secret-${purpose}`, name, Object.keys(keys), use.folder)] : [],
  )
}

// Only who signed the certificate of Redis: its key is nobody's but Redis'.
function certificate({ redis, settings }: Plan): readonly MountedVolume[] {
  const file = settings['redis.ssl.ca_file']
  if (redis.kind === 'external' || redis.tlsSecret === undefined || file === undefined) return []
  return [filesOf('redis-ca', redis.tlsSecret, ['ca.crt'], dirname(file))]
}

function filesOf(name: string, secretName: string, keys: readonly string[], mountPath: string): MountedVolume {
  const items = keys.map((key) => ({ key, path: key }))
  return {
    volume: { name, secret: { secretName, defaultMode: READ_ONLY_MODE, items } },
    mount: { mountPath, readOnly: true },
  }
}
