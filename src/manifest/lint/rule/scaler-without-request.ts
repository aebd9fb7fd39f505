import type { Field, Subject } from '../field.ts'
import type { Rule } from '../rule.ts'
import { podsOf } from '../world/pod.ts'

interface Measure {
  readonly resource: string
  readonly at: Field
  /** Undefined for all containers. */
  readonly container: string | undefined
}

export const scalerWithoutRequest: Rule = {
  id: 'scaler-without-request',
  severity: 'error',
  title: 'Utilisation is scaled on that has no request to be measured by',
  explanation:
    'Utilisation is a share of what containers ask for: where one asks for nothing, the metric is unknown, and nothing is scaled. Give every container a request, or scale by container.',
  source: 'https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details',
  *check({ of, find }) {
    for (const scaler of [...of('HorizontalPodAutoscaler'), ...of('ScaledObject')]) {
      const target = scaler.at('spec', 'scaleTargetRef')
      const workload = find(target.at('kind').text ?? 'Deployment', scaler.namespace, target.at('name').text ?? '')
      const [pod] = workload === undefined ? [] : podsOf(workload)
      for (const { resource, at, container } of measuresOf(scaler)) {
        const measured = (pod?.containers ?? []).filter(
          (it) => container === undefined || it.at('name').text === container,
        )
        const bare = measured.find(
          (it) => !it.at('resources', 'requests', resource).exists && !it.at('resources', 'limits', resource).exists,
        )
        if (bare !== undefined) yield { at, message: `Container '${bare.at('name').text}' asks for no ${resource}` }
      }
    }
  },
}

function measuresOf(scaler: Subject): readonly Measure[] {
  const metrics = scaler.at('spec', 'metrics').items.flatMap((metric): Measure[] => {
    const source = metric.at('resource').exists ? metric.at('resource') : metric.at('containerResource')
    const isShare = source.at('target', 'type').text === 'Utilization'
    return isShare
      ? [{ resource: source.at('name').text ?? '', at: source.at('name'), container: source.at('container').text }]
      : []
  })
  const triggers = scaler.at('spec', 'triggers').items.flatMap((trigger): Measure[] => {
    const resource = trigger.at('type').text ?? ''
    const isShare =
      ['cpu', 'memory'].includes(resource) && (trigger.at('metricType').text ?? 'Utilization') === 'Utilization'
    return isShare
      ? [{ resource, at: trigger.at('type'), container: trigger.at('metadata', 'containerName').text }]
      : []
  })
  return [...metrics, ...triggers]
}
