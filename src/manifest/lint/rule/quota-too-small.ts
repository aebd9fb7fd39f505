import type { Rule } from '../rule.ts'
import { amountOf } from '../world/amount.ts'
import type { PodView } from '../world/pod.ts'
import { isSame, type World } from '../world.ts'

export const quotaTooSmall: Rule = {
  id: 'quota-too-small',
  severity: 'error',
  title: 'A quota is smaller than what the workloads of its namespace ask for',
  explanation:
    'Pods beyond the quota are refused: the workload stays below its replicas, and a rollout may never end. Autoscalers are counted with their fewest pods.',
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  *check(world) {
    for (const quota of world.of('ResourceQuota')) {
      const pods = world.pods.filter((pod) => isSame(pod.namespace, quota.namespace) && replicasOf(world, pod) > 0)
      for (const [key, field] of quota.at('spec', 'hard').entries) {
        const counted = /^(?:(requests|limits)\.)?([\w./-]+)$/.exec(key)
        const hard = amountOf(field.value)
        if (counted === null || hard === undefined || pods.length === 0) continue
        const [, side = 'requests', resource = ''] = counted
        const need = pods.reduce((sum, pod) => sum + replicasOf(world, pod) * demandOf(pod, side, resource), 0)
        if (need > hard)
          yield { at: field, message: `The workloads here ask for ${Number(need.toPrecision(4))} in all` }
      }
    }
  },
}

function replicasOf({ of }: World, { owner }: PodView): number {
  if (owner.kind === 'CronJob' || owner.kind === 'Job' || owner.kind === 'DaemonSet') return 0
  const scaler = [...of('HorizontalPodAutoscaler'), ...of('ScaledObject')].find((it) => {
    const target = it.at('spec', 'scaleTargetRef')
    return (
      isSame(it.namespace, owner.namespace) &&
      target.at('name').text === owner.name &&
      (target.at('kind').text ?? 'Deployment') === owner.kind
    )
  })
  const fewest = scaler?.at('spec', 'minReplicas').number ?? scaler?.at('spec', 'minReplicaCount').number
  return fewest ?? owner.at('spec', 'replicas').number ?? 1
}

function demandOf({ containers }: PodView, side: string, resource: string): number {
  if (resource === 'pods') return 1
  return containers.reduce((sum, container) => {
    const resources = container.at('resources')
    const value =
      side === 'requests'
        ? (resources.at('requests', resource).value ?? resources.at('limits', resource).value)
        : resources.at('limits', resource).value
    return sum + (amountOf(value) ?? 0)
  }, 0)
}
