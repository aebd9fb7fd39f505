import type { Rule } from '../rule.ts'

export const mtlsNotStrict: Rule = {
  id: 'mtls-not-strict',
  severity: 'warning',
  title: 'A PeerAuthentication lets plain text through',
  explanation:
    'PERMISSIVE takes connections with and without mutual TLS, DISABLE takes none with it: who is to be kept out need only speak plain text. Use STRICT once all callers are in the mesh.',
  source: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  *check({ of }) {
    for (const authentication of of('PeerAuthentication')) {
      const ports = authentication.at('spec', 'portLevelMtls').entries.map(([, port]) => port.at('mode'))
      for (const mode of [authentication.at('spec', 'mtls', 'mode'), ...ports]) {
        if (mode.text === 'PERMISSIVE' || mode.text === 'DISABLE')
          yield { at: mode, message: `${mode.text} does not demand mutual TLS` }
      }
    }
  },
}
