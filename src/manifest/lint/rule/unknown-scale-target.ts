import type { Rule } from '../rule.ts'

const SCALERS = [
  ['HorizontalPodAutoscaler', 'scaleTargetRef'],
  ['ScaledObject', 'scaleTargetRef'],
  ['VerticalPodAutoscaler', 'targetRef'],
] as const

export const unknownScaleTarget: Rule = {
  id: 'unknown-scale-target',
  severity: 'error',
  title: 'An autoscaler scales nothing',
  explanation:
    'The workload that it names is nowhere, so that nothing is ever scaled; only a condition in its status says so.',
  source: 'https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/',
  *check({ of, find, pods, providedOf, isComplete }) {
    // Scalers by themselves scale what others make.
    if (pods.length === 0 && !isComplete) return
    for (const [kind, field] of SCALERS) {
      for (const scaler of of(kind)) {
        const target = scaler.at('spec', field)
        const [of_, name] = [target.at('kind').text ?? 'Deployment', target.at('name').text ?? '']
        const found = find(of_, scaler.namespace, name)
        const version = target.at('apiVersion')
        if (found === undefined) {
          if (!providedOf(of_, scaler.namespace, name))
            yield { at: target.at('name'), message: `There is no ${of_} '${name}'` }
        } else if (version.exists && version.text?.split('/')[0] !== (found.group || found.version)) {
          yield { at: version, message: `${of_} '${name}' is of ${found.apiVersion}, not ${version.text}` }
        }
      }
    }
  },
}
