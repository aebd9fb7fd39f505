import type { Rule } from '../rule.ts'

export const unknownSecretStore: Rule = {
  id: 'unknown-secret-store',
  severity: 'error',
  title: 'An ExternalSecret reads a store that is not among those made here',
  explanation: 'Without its store the Secret is never made. It is not looked at where no store is made here.',
  source: 'https://external-secrets.io/latest/api/externalsecret/',
  *check({ of, exists }) {
    if (of('SecretStore').length + of('ClusterSecretStore').length === 0) return
    for (const secret of of('ExternalSecret')) {
      const name = secret.at('spec', 'secretStoreRef', 'name')
      const kind = secret.at('spec', 'secretStoreRef', 'kind').text ?? 'SecretStore'
      if (name.text === undefined || exists(kind, secret.namespace, name.text)) continue
      yield { at: name, message: `There is no ${kind} '${name.text}'` }
    }
  },
}
