import type { Field, Subject } from '../field.ts'
import type { Rule } from '../rule.ts'
import { podsOf } from '../world/pod.ts'

export const unknownContainer: Rule = {
  id: 'unknown-container',
  severity: 'error',
  title: 'An autoscaler looks at a container that its pods have not',
  explanation:
    'Use of a container that does not exist is never known, and an HPA with an unknown metric never shrinks.',
  source:
    'https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#container-resource-metrics',
  *check({ of, find }) {
    for (const scaler of [...of('HorizontalPodAutoscaler'), ...of('ScaledObject')]) {
      const target = scaler.at('spec', 'scaleTargetRef')
      const workload = find(target.at('kind').text ?? 'Deployment', scaler.namespace, target.at('name').text ?? '')
      const [pod] = workload === undefined ? [] : podsOf(workload)
      if (pod === undefined) continue
      const names = pod.containers.map((container) => container.at('name').text)
      for (const field of containersOf(scaler)) {
        if (field.text !== undefined && !names.includes(field.text)) {
          yield {
            at: field,
            message: `${workload?.kind} '${workload?.name}' has no container '${field.text}'; it has ${names.join(', ')}`,
          }
        }
      }
    }
  },
}

function containersOf(scaler: Subject): readonly Field[] {
  return [
    ...scaler.at('spec', 'metrics').items.map((metric) => metric.at('containerResource', 'container')),
    ...scaler.at('spec', 'triggers').items.map((trigger) => trigger.at('metadata', 'containerName')),
    scaler.at('spec', 'scaleTargetRef', 'envSourceContainerName'),
  ]
}
