import type { Field, Subject } from '../field.ts'
import type { Rule } from '../rule.ts'
import { followHost, hasPort, showPorts } from '../world/host.ts'

export const unknownMeshHost: Rule = {
  id: 'unknown-mesh-host',
  severity: 'error',
  title: 'A VirtualService or a DestinationRule is about a host that is nowhere',
  explanation:
    'Rules for a host that is neither a Service nor a ServiceEntry are kept and never used; a route to one is answered with 503. Names without a namespace mean that of the rule itself.',
  source: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination',
  *check(world) {
    const entries = world.of('ServiceEntry').flatMap((entry) => entry.at('spec', 'hosts').items.map(({ text }) => text))
    for (const subject of [...world.of('VirtualService'), ...world.of('DestinationRule')]) {
      for (const { host, port } of hostsOf(subject)) {
        if (host.text === undefined || host.text.includes('*') || entries.includes(host.text)) continue
        const target = followHost(world, host.text, subject.namespace)
        if (target.kind === 'missing')
          yield { at: host, message: `There is no Service '${target.service}' in namespace '${target.namespace}'` }
        if (target.kind === 'service' && port?.number !== undefined && !hasPort(target.service, port.number)) {
          yield {
            at: port,
            message: `Service '${target.service.name}' has no port ${port.number}; it has ${showPorts(target.service)}`,
          }
        }
      }
    }
  },
}

function hostsOf(subject: Subject): readonly { readonly host: Field; readonly port?: Field }[] {
  if (subject.kind === 'DestinationRule') return [{ host: subject.at('spec', 'host') }]
  const isInside = subject.at('spec', 'gateways').items.every(({ text }) => text === 'mesh')
  const routes = ['http', 'tcp', 'tls'].flatMap((protocol) => subject.at('spec', protocol).items)
  const destinations = routes.flatMap((route) => [
    ...route.at('route').items.map((it) => it.at('destination')),
    route.at('mirror'),
  ])
  return [
    // Behind a gateway hosts are names of the world outside.
    ...(isInside ? subject.at('spec', 'hosts').items.map((host) => ({ host })) : []),
    ...destinations.map((destination) => ({ host: destination.at('host'), port: destination.at('port', 'number') })),
  ]
}
