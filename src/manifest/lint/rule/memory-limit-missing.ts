import type { Rule } from '../rule.ts'
import { LASTING_KINDS } from '../world/pod.ts'
import { isSame } from '../world.ts'

export const memoryLimitMissing: Rule = {
  id: 'memory-limit-missing',
  severity: 'warning',
  title: 'A container may take all the memory of its node',
  explanation:
    'A leak in it makes the kernel kill others. Give it a limit of memory, as large as its request; of CPU none is needed.',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/#if-you-do-not-specify-a-memory-limit',
  *check({ of, pods }) {
    for (const { owner, namespace, containers } of pods) {
      if (!LASTING_KINDS.includes(owner.kind)) continue
      const hasDefault = of('LimitRange').some(
        (range) =>
          isSame(range.namespace, namespace) &&
          range.at('spec', 'limits').items.some((it) => it.at('default', 'memory').exists),
      )
      for (const container of hasDefault ? [] : containers) {
        const limits = container.at('resources', 'limits')
        if (!limits.at('memory').exists)
          yield {
            at: limits.exists ? limits : container,
            message: `Container '${container.at('name').text}' has no limit of memory`,
          }
      }
    }
  },
}
