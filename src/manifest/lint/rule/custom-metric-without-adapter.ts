import type { Rule } from '../rule.ts'

const APIS: Readonly<Record<string, string>> = {
  Pods: 'custom.metrics.k8s.io',
  Object: 'custom.metrics.k8s.io',
  External: 'external.metrics.k8s.io',
}

export const customMetricWithoutAdapter: Rule = {
  id: 'custom-metric-without-adapter',
  severity: 'error',
  title: 'An HPA asks for a metric that nothing serves',
  explanation:
    'Metrics other than CPU and memory come from an adapter that registers an APIService; without it they are unknown, and an HPA with an unknown metric never shrinks. Use KEDA, which brings its own, or say `lint.agentpolis.dev/provided: APIService/v1beta1.custom.metrics.k8s.io`.',
  source:
    'https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#support-for-metrics-apis',
  *check({ of, provided }) {
    const served = [
      ...of('APIService').map(({ name }) => name),
      ...provided.filter(({ kind }) => kind === 'APIService').map(({ name }) => name),
    ]
    for (const metric of of('HorizontalPodAutoscaler').flatMap((it) => it.at('spec', 'metrics').items)) {
      const api = APIS[metric.at('type').text ?? '']
      if (api !== undefined && !served.some((name) => name.endsWith(api))) {
        yield { at: metric.at('type'), message: `Nothing here serves ${api}` }
      }
    }
  },
}
