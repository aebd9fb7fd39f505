import type { Rule } from '../rule.ts'
import { PROBES } from '../world/probe.ts'

export const probeTiming: Rule = {
  id: 'probe-timing',
  severity: 'error',
  title: 'A probe has times that cannot hold',
  explanation: 'The API server refuses a `successThreshold` other than 1 for liveness and startup, and times of zero.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe',
  *check({ pods }) {
    for (const container of pods.flatMap(({ allContainers }) => allContainers)) {
      for (const kind of PROBES) {
        const probe = container.at(kind)
        const [timeout, period, success] = [
          probe.at('timeoutSeconds'),
          probe.at('periodSeconds'),
          probe.at('successThreshold'),
        ]
        if (kind !== 'readinessProbe' && (success.number ?? 1) !== 1)
          yield { at: success, message: `A ${kind} may have 1 alone` }
        for (const field of [timeout, period, success, probe.at('failureThreshold')]) {
          if ((field.number ?? 1) < 1) yield { at: field, message: 'It must be at least 1' }
        }
      }
    }
  },
}
