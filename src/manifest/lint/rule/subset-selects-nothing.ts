import type { Rule } from '../rule.ts'
import { followHost } from '../world/host.ts'
import { hasLabels, isSame } from '../world.ts'

export const subsetSelectsNothing: Rule = {
  id: 'subset-selects-nothing',
  severity: 'error',
  title: 'A subset of a DestinationRule has no pods',
  explanation:
    'Requests to a subset whose labels no pod has are answered with 503. The labels are those of the pods, beside the ones that the Service selects.',
  source: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/#Subset',
  *check(world) {
    for (const rule of world.of('DestinationRule')) {
      const target = followHost(world, rule.at('spec', 'host').text ?? '', rule.namespace)
      if (target.kind !== 'service') continue
      const selector = target.service.at('spec', 'selector').texts
      const pods = world.pods.filter(
        (pod) => isSame(pod.namespace, target.service.namespace) && hasLabels(pod, selector),
      )
      if (pods.length === 0) continue
      for (const subset of rule.at('spec', 'subsets').items) {
        if (pods.some((pod) => hasLabels(pod, subset.at('labels').texts))) continue
        yield { at: subset.at('labels'), message: `No pod of Service '${target.service.name}' has these labels` }
      }
    }
  },
}
