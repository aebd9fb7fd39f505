import type { Rule } from '../rule.ts'
import type { PodView } from '../world/pod.ts'

const PROMISE = /(^|[^a-z])(ha|high[- ]?availab\w*|highly[- ]?available|replicated|failover|sentinel)([^a-z]|$)/i

export const singleReplicaState: Rule = {
  id: 'single-replica-state',
  severity: 'error',
  title: 'State on one replica is called highly available',
  explanation:
    'A workload with one replica and a volume of its own is away while its pod is moved, and gone with its volume: no name or label makes it highly available. Replicate it, or call it what it is.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/',
  *check({ pods }) {
    for (const { owner, spec, labels, annotations } of pods) {
      const replicas = owner.at('spec', 'replicas')
      const isState =
        owner.kind === 'StatefulSet' || spec.at('volumes').items.some((it) => it.at('persistentVolumeClaim').exists)
      if (!isState || (replicas.number ?? 1) !== 1 || !['StatefulSet', 'Deployment'].includes(owner.kind)) continue
      const promise = promisesOf({ owner, labels, annotations }).find((text) => PROMISE.test(text))
      if (promise !== undefined) yield { at: replicas, message: `It has one replica, and says '${promise}'` }
    }
  },
}

function promisesOf({
  owner,
  labels,
  annotations,
}: Pick<PodView, 'owner' | 'labels' | 'annotations'>): readonly string[] {
  const texts = [owner.labels, owner.annotations, labels, annotations].flatMap((it) => Object.entries(it))
  return [
    owner.name,
    ...texts.filter(([key]) => !key.startsWith('lint.')).map(([key, value]) => `${key.split('/').at(-1)}=${value}`),
  ]
}
