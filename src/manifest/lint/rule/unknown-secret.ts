import type { Rule } from '../rule.ts'
import { missingObjects } from '../world/broken-reference.ts'

export const unknownSecret: Rule = {
  id: 'unknown-secret',
  severity: 'warning',
  title: 'A pod asks for a Secret that nothing here makes',
  explanation:
    'A container whose Secret does not exist is not started. It may be made elsewhere, which is good: then say so with `lint.agentpolis.dev/provided: Secret/name (key, key)`, so that its keys are checked too.',
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data',
  check: (world) => missingObjects(world, 'Secret', (name) => `Nothing here makes a Secret '${name}'`),
}
