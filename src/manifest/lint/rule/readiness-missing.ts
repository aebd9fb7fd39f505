import type { Rule } from '../rule.ts'
import { LASTING_KINDS } from '../world/pod.ts'

export const readinessMissing: Rule = {
  id: 'readiness-missing',
  severity: 'warning',
  title: 'Pods behind a Service do not say when they are ready',
  explanation:
    'Without a readiness probe a pod gets requests from its first moment, before it listens, and goes on getting them when it is stuck: every rollout loses some.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes',
  *check({ of, podsWith }) {
    for (const service of of('Service', '')) {
      const labels = service.at('spec', 'selector').texts
      if (Object.keys(labels).length === 0) continue
      for (const { owner, spec, containers } of podsWith(service.namespace, labels)) {
        if (!LASTING_KINDS.includes(owner.kind) || containers.some((it) => it.at('readinessProbe').exists)) continue
        yield {
          at: spec.at('containers', 0),
          message: `Service '${service.name}' sends requests to pods that nothing asks whether they are ready`,
        }
      }
    }
  },
}
