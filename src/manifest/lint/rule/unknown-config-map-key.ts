import type { Rule } from '../rule.ts'
import { referencesOf } from '../world/reference.ts'

export const unknownConfigMapKey: Rule = {
  id: 'unknown-config-map-key',
  severity: 'error',
  title: 'A pod asks for a key that its ConfigMap has not',
  explanation:
    'A container whose variable comes from an absent key is not started (CreateContainerConfigError). Correct the key, or mark the reference optional.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/',
  *check({ pods, find, providedOf }) {
    for (const pod of pods) {
      for (const { kind, name, keys, isOptional } of referencesOf(pod)) {
        if (kind !== 'ConfigMap' || isOptional) continue
        const map = find(kind, pod.namespace, name)
        const others = providedOf(kind, pod.namespace, name)?.keys
        const known =
          map === undefined ? others : [map.at('data'), map.at('binaryData')].flatMap((it) => Object.keys(it.texts))
        if (known === undefined) continue
        for (const key of keys) {
          if (key.text !== undefined && !known.includes(key.text)) {
            yield {
              at: key,
              message: `ConfigMap '${name}' has no key '${key.text}'; it has ${known.join(', ') || 'none'}`,
            }
          }
        }
      }
    }
  },
}
