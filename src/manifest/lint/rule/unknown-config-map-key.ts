import type { Rule } from '../rule.ts'
import { missingKeys } from '../world/broken-reference.ts'

export const unknownConfigMapKey: Rule = {
  id: 'unknown-config-map-key',
  severity: 'error',
  title: 'A pod asks for a key that its ConfigMap has not',
  explanation:
    'A container whose variable comes from an absent key is not started (CreateContainerConfigError). Correct the key, or mark the reference optional.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/',
  check: (world) => missingKeys(world, 'ConfigMap'),
}
