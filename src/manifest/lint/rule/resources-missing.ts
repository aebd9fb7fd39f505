import type { Rule } from '../rule.ts'
import { LASTING_KINDS } from '../world/pod.ts'
import { isSame } from '../world.ts'

export const resourcesMissing: Rule = {
  id: 'resources-missing',
  severity: 'warning',
  title: 'A container asks for no memory or CPU',
  explanation:
    'The scheduler takes it for nothing, so that nodes are filled beyond what they have, and it is the first to be killed when memory is short. Say `requests`, or make a LimitRange with defaults.',
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  *check({ of, pods }) {
    for (const { owner, namespace, containers } of pods) {
      if (!LASTING_KINDS.includes(owner.kind)) continue
      const hasDefaults = of('LimitRange').some((range) => isSame(range.namespace, namespace))
      for (const container of hasDefaults ? [] : containers) {
        const resources = container.at('resources')
        const bare = ['cpu', 'memory'].filter(
          (it) => !resources.at('requests', it).exists && !resources.at('limits', it).exists,
        )
        if (bare.length > 0)
          yield {
            at: resources.exists ? resources : container,
            message: `Container '${container.at('name').text}' asks for no ${bare.join(' and no ')}`,
          }
      }
    }
  },
}
