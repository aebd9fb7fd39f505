import type { Rule } from '../rule.ts'
import { referencesOf } from '../world/reference.ts'

export const unknownSecret: Rule = {
  id: 'unknown-secret',
  severity: 'warning',
  title: 'A pod asks for a Secret that nothing here makes',
  explanation:
    'A container whose Secret does not exist is not started. It may be made elsewhere, which is good: then say so with `lint.agentpolis.dev/provided: Secret/name (key, key)`, so that its keys are checked too.',
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data',
  *check({ pods, find, providedOf }) {
    for (const pod of pods) {
      for (const { kind, name, field, isOptional } of referencesOf(pod)) {
        if (kind !== 'Secret' || isOptional) continue
        if (find(kind, pod.namespace, name) ?? providedOf(kind, pod.namespace, name)) continue
        yield { at: field, message: `Nothing here makes a Secret '${name}'` }
      }
    }
  },
}
