import type { Rule } from '../rule.ts'
import { missingKeys } from '../world/broken-reference.ts'

export const unknownSecretKey: Rule = {
  id: 'unknown-secret-key',
  severity: 'error',
  title: 'A pod asks for a key that its Secret has not',
  explanation:
    'A container whose variable comes from an absent key is not started (CreateContainerConfigError). Correct the key, or add it to the Secret or to what makes it.',
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables',
  check: (world) => missingKeys(world, 'Secret'),
}
