import type { Subject } from '../field.ts'
import type { Rule } from '../rule.ts'
import { isSame } from '../world.ts'

export const unknownSubset: Rule = {
  id: 'unknown-subset',
  severity: 'error',
  title: 'A VirtualService sends to a subset that no DestinationRule has',
  explanation:
    'Requests to a subset that does not exist are answered with 503 (no healthy upstream). Name it in the DestinationRule of the same host.',
  source: 'https://istio.io/latest/docs/ops/common-problems/network-issues/#503-errors-after-setting-destination-rule',
  *check({ of }) {
    const rules = of('DestinationRule')
    for (const service of of('VirtualService')) {
      for (const destination of destinationsOf(service)) {
        const [host, subset] = [destination.at('host').text ?? '', destination.at('subset')]
        if (subset.text === undefined) continue
        const matching = rules.filter(
          (rule) =>
            isSame(rule.namespace, service.namespace) && first(rule.at('spec', 'host').text ?? '') === first(host),
        )
        const names = matching.flatMap((rule) => rule.at('spec', 'subsets').items.map((it) => it.at('name').text))
        if (!names.includes(subset.text))
          yield {
            at: subset,
            message: `No DestinationRule of '${host}' has a subset '${subset.text}'; there is ${names.join(', ') || 'none'}`,
          }
      }
    }
  },
}

function destinationsOf(service: Subject) {
  const routes = ['http', 'tcp', 'tls'].flatMap((protocol) => service.at('spec', protocol).items)
  return routes.flatMap((route) => [...route.at('route').items.map((it) => it.at('destination')), route.at('mirror')])
}

function first(host: string): string {
  return host.split('.', 1)[0] ?? host
}
