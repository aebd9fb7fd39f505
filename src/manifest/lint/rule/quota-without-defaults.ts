import type { Rule } from '../rule.ts'
import type { PodView } from '../world/pod.ts'
import { isSame, type World } from '../world.ts'

export const quotaWithoutDefaults: Rule = {
  id: 'quota-without-defaults',
  severity: 'error',
  title: 'A quota demands what pods do not say, and nothing says it for them',
  explanation:
    'Where a ResourceQuota counts a resource, every container must say its request or limit: a pod that does not is refused, and the Deployment stays without pods. Say it, or make a LimitRange with defaults.',
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/#how-kubernetes-resource-quotas-work',
  *check(world) {
    for (const quota of world.of('ResourceQuota')) {
      for (const [key, field] of quota.at('spec', 'hard').entries) {
        const counted = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(key)
        if (counted === null) continue
        const [, side = 'requests', resource = ''] = counted
        if (hasDefault(world, quota.namespace, side, resource)) continue
        const bare = world.pods.find(
          (pod) => isSame(pod.namespace, quota.namespace) && saysNothing(pod, side, resource),
        )
        if (bare !== undefined)
          yield {
            at: field,
            message: `${bare.owner.kind} '${bare.owner.name}' has a container without ${side}.${resource}`,
          }
      }
    }
  },
}

function hasDefault({ of }: World, namespace: string, side: string, resource: string): boolean {
  const ranges = of('LimitRange').filter((range) => isSame(range.namespace, namespace))
  const limits = ranges
    .flatMap((range) => range.at('spec', 'limits').items)
    .filter((it) => it.at('type').text === 'Container')
  const names = side === 'limits' ? ['default'] : ['defaultRequest', 'default']
  return limits.some((limit) => names.some((name) => limit.at(name, resource).exists))
}

function saysNothing({ allContainers }: PodView, side: string, resource: string): boolean {
  return allContainers.some((container) => {
    const resources = container.at('resources')
    // A limit is a request, too, where there is none.
    const isRequested = side === 'requests' && resources.at('requests', resource).exists
    return !isRequested && !resources.at('limits', resource).exists
  })
}
