import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { followHost, hasPort, showPorts } from '../world/host.ts'
import { portsOf } from '../world/pod.ts'

const HOST = /(?<![\w.-])((?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.){2,}svc(?:\.cluster\.local)?)(?::(\d+))?(?![\w.-])/g

export const unknownHost: Rule = {
  id: 'unknown-host',
  severity: 'error',
  title: 'A setting names a host or a port of the cluster that is nowhere',
  explanation:
    'Addresses such as `web.shop.svc:80` in variables, arguments and ConfigMaps are looked up by nobody before the program does. Correct the name of the Service or its namespace, or the port.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  *check(world) {
    const variables = world.pods.flatMap(({ allContainers }) =>
      allContainers.flatMap((container) => [
        ...container.at('env').items.map((variable) => variable.at('value')),
        ...container.at('args').items,
        ...container.at('command').items,
      ]),
    )
    const data = world.of('ConfigMap').flatMap((map) => map.at('data').entries.map(([, field]) => field))
    const addresses = world
      .of('ScaledObject')
      .flatMap((scaler) => scaler.at('spec', 'triggers').items.map((it) => it.at('metadata', 'serverAddress')))
    for (const field of [...variables, ...data, ...addresses]) {
      for (const [shown, host = '', port] of (field.text ?? '').matchAll(HOST)) {
        const target = followHost(world, host, field.subject.namespace)
        if (target.kind === 'missing') yield missing(field, shown, target.service, target.namespace)
        if (
          target.kind === 'service' &&
          port !== undefined &&
          !hasPort(target.service, Number(port)) &&
          !reachesPod(host, port)
        ) {
          yield {
            at: field,
            message: `'${shown}': Service '${target.service.name}' has no port ${port}; it has ${showPorts(target.service)}`,
          }
        }
      }
    }

    // A headless Service leads to the pods themselves, at any of their ports.
    function reachesPod(host: string, port: string): boolean {
      const target = followHost(world, host, '')
      if (target.kind !== 'service' || target.service.at('spec', 'clusterIP').text !== 'None') return false
      const pods = world.podsWith(target.service.namespace, target.service.at('spec', 'selector').texts)
      return pods.some((pod) => pod.containers.flatMap(portsOf).some(({ number }) => number === Number(port)))
    }
  },
}

function missing(at: Field, shown: string, service: string, namespace: string) {
  return { at, message: `'${shown}': there is no Service '${service}' in namespace '${namespace}'` }
}
