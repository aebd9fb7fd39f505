import type { Rule } from '../rule.ts'
import { referencesOf } from '../world/reference.ts'

export const unknownConfigMap: Rule = {
  id: 'unknown-config-map',
  severity: 'error',
  title: 'A pod asks for a ConfigMap that is nowhere',
  explanation:
    'A container whose ConfigMap does not exist is not started, and a volume of it is never mounted. Correct the name, or say with `lint.agentpolis.dev/provided` that others make it.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/',
  *check({ pods, find, providedOf }) {
    for (const pod of pods) {
      for (const { kind, name, field, isOptional } of referencesOf(pod)) {
        if (kind !== 'ConfigMap' || isOptional || name === 'kube-root-ca.crt') continue
        if (find(kind, pod.namespace, name) ?? providedOf(kind, pod.namespace, name)) continue
        yield { at: field, message: `There is no ConfigMap '${name}'` }
      }
    }
  },
}
