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
      const whole = authentication.at('spec', 'mtls', 'mode')
      const ports = authentication.at('spec', 'portLevelMtls').entries.map(([, port]) => port.at('mode'))
      for (const mode of [whole, ...ports]) {
        // One port beside a strict rest was meant, as for metrics that are read from outside the mesh.
        const isExcepted = mode !== whole && mode.text === 'PERMISSIVE' && whole.text === 'STRICT'
        if (!isExcepted && (mode.text === 'PERMISSIVE' || mode.text === 'DISABLE'))
          yield { at: mode, message: `${mode.text} does not demand mutual TLS` }
      }
    }
  },
}
