import type { Rule } from '../rule.ts'
import { missingObjects } from '../world/broken-reference.ts'

export const unknownConfigMap: Rule = {
  id: 'unknown-config-map',
  severity: 'error',
  title: 'A pod asks for a ConfigMap that is nowhere',
  explanation:
    'A container whose ConfigMap does not exist is not started, and a volume of it is never mounted. Correct the name, or say with `lint.agentpolis.dev/provided` that others make it.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/',
  check: (world) => missingObjects(world, 'ConfigMap', (name) => `There is no ConfigMap '${name}'`),
}
