import type { Rule } from '../rule.ts'

export const replicasBesideAutoscaler: Rule = {
  id: 'replicas-beside-autoscaler',
  severity: 'error',
  title: 'Replicas are given beside an autoscaler',
  explanation:
    'Each time the manifest is applied, its `replicas` undo what the autoscaler chose: a deploy at peak load takes pods away. Leave the field out where something scales.',
  source:
    'https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling',
  *check({ of, find }) {
    for (const scaler of [...of('HorizontalPodAutoscaler'), ...of('ScaledObject')]) {
      const target = scaler.at('spec', 'scaleTargetRef')
      const found = find(target.at('kind').text ?? 'Deployment', scaler.namespace, target.at('name').text ?? '')
      const replicas = found?.at('spec', 'replicas')
      if (replicas === undefined || !replicas.exists) continue
      yield {
        at: replicas,
        message: `${scaler.kind} '${scaler.name}' chooses the replicas`,
        fix: [{ kind: 'remove', path: replicas.path }],
      }
    }
  },
}
