import type { Rule } from '../rule.ts'
import { referencesOf } from '../world/reference.ts'

export const unknownSecretKey: Rule = {
  id: 'unknown-secret-key',
  severity: 'error',
  title: 'A pod asks for a key that its Secret has not',
  explanation:
    'A container whose variable comes from an absent key is not started (CreateContainerConfigError). Correct the key, or add it to the Secret or to what makes it.',
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables',
  *check({ pods, find, providedOf }) {
    for (const pod of pods) {
      for (const { kind, name, keys, isOptional } of referencesOf(pod)) {
        if (kind !== 'Secret' || isOptional) continue
        const secret = find(kind, pod.namespace, name)
        const others = providedOf(kind, pod.namespace, name)?.keys
        const known =
          secret === undefined
            ? others
            : [secret.at('data'), secret.at('stringData')].flatMap((it) => Object.keys(it.texts))
        if (known === undefined) continue
        for (const key of keys) {
          if (key.text !== undefined && !known.includes(key.text)) {
            yield {
              at: key,
              message: `Secret '${name}' has no key '${key.text}'; it has ${known.join(', ') || 'none'}`,
            }
          }
        }
      }
    }
  },
}
