import type { Subject } from '../field.ts'
import type { Rule } from '../rule.ts'
import type { World } from '../world.ts'

/** Whole groups and kinds that are gone. */
const GONE: Readonly<Record<string, string>> = {
  'extensions/Deployment': 'apps/v1',
  'extensions/DaemonSet': 'apps/v1',
  'extensions/ReplicaSet': 'apps/v1',
  'extensions/Ingress': 'networking.k8s.io/v1',
  'extensions/NetworkPolicy': 'networking.k8s.io/v1',
  'extensions/PodSecurityPolicy': 'Pod Security Standards',
  'policy/PodSecurityPolicy': 'Pod Security Standards',
}

/** Kinds of which the version that is left has the same fields. */
const ALIKE = [
  'PodDisruptionBudget',
  'CronJob',
  'PriorityClass',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
]

export const removedApi: Rule = {
  id: 'removed-api',
  severity: 'error',
  title: 'A version of an API is no longer served',
  explanation:
    'The API server has stopped to serve this version: the object is refused. Use the version that took its place, and compare the fields.',
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  *check(world) {
    for (const subject of world.subjects) {
      const now = successorOf(subject, world)
      if (now === undefined) continue
      const isSafe = ALIKE.includes(subject.kind) && now.includes('/')
      yield {
        at: subject.at('apiVersion'),
        message: `${subject.apiVersion} is gone: use ${now}`,
        ...(isSafe ? { fix: [{ kind: 'set', path: ['apiVersion'], value: now }] } : {}),
      }
    }
  },
}

function successorOf({ group, version, kind }: Subject, { schemas }: World): string | undefined {
  const gone = GONE[`${group}/${kind}`]
  if (gone !== undefined) return gone
  if (!schemas.isKnownGroup(group) || !/^v\d+(alpha|beta)\d+$/.test(version)) return undefined
  const versions = schemas.versionsOf(group, kind)
  if (versions.length === 0 || versions.includes(version)) return undefined
  const best = versions.toSorted((one, other) => one.length - other.length || (one < other ? 1 : -1))[0]
  return `${group}/${best}`
}
