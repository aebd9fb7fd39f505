import type { Rule } from '../rule.ts'
import { isSame } from '../world.ts'

const PREFIX = /^(http|https|http2|grpc|grpc-web|tcp|tls|mongo|mysql|redis|udp)(-|$)/

export const meshPortProtocol: Rule = {
  id: 'mesh-port-protocol',
  severity: 'warning',
  title: 'A port of a Service in a mesh does not say its protocol',
  explanation:
    'Istio guesses the protocol of a port whose name begins with none and that has no `appProtocol`; a protocol in which the server speaks first is guessed wrong. Retries, timeouts and metrics of HTTP need it.',
  source: 'https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/',
  *check({ of }) {
    const meshed = of('Namespace').filter(
      ({ labels }) =>
        labels['istio-injection'] === 'enabled' || labels['istio.io/rev'] || labels['istio.io/dataplane-mode'],
    )
    for (const service of of('Service', '')) {
      if (!meshed.some(({ name }) => service.namespace !== '' && isSame(name, service.namespace))) continue
      for (const port of service.at('spec', 'ports').items) {
        const isTold =
          port.at('appProtocol').exists || PREFIX.test(port.at('name').text ?? '') || port.at('protocol').text === 'UDP'
        if (!isTold)
          yield {
            at: port,
            message: `Port ${port.at('port').value} says neither by its name nor by appProtocol what it speaks`,
          }
      }
    }
  },
}
