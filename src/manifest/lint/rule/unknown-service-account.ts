import type { Rule } from '../rule.ts'

export const unknownServiceAccount: Rule = {
  id: 'unknown-service-account',
  severity: 'error',
  title: 'A pod runs as a ServiceAccount that is nowhere',
  explanation:
    'The API server refuses pods whose ServiceAccount does not exist, so the workload stays at no pods and only its ReplicaSet says why.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/',
  *check({ pods, exists }) {
    for (const { spec, namespace } of pods) {
      const field = spec.at('serviceAccountName')
      const name = field.text ?? 'default'
      if (name === 'default' || exists('ServiceAccount', namespace, name)) continue
      yield { at: field, message: `There is no ServiceAccount '${name}'` }
    }
  },
}
