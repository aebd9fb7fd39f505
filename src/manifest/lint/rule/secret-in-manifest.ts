import type { Rule } from '../rule.ts'

export const secretInManifest: Rule = {
  id: 'secret-in-manifest',
  severity: 'warning',
  title: 'A Secret stands in a manifest with its values',
  explanation:
    'Base64 hides nothing: whoever has the file has the secret. Let External Secrets or Sealed Secrets make it, or make it by hand and refer to it.',
  source: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  *check({ of }) {
    for (const secret of of('Secret', '')) {
      const type = secret.at('type').text ?? 'Opaque'
      for (const [, field] of [...secret.at('data').entries, ...secret.at('stringData').entries]) {
        if ((field.text ?? '') !== '' && type !== 'kubernetes.io/service-account-token') {
          yield { at: field, message: 'The value of a secret is in this file' }
        }
      }
    }
  },
}
