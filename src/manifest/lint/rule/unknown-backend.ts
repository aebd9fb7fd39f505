import type { Field, Subject } from '../field.ts'
import type { Rule } from '../rule.ts'
import { hasPort, showPorts } from '../world/host.ts'
import { isSame } from '../world.ts'

interface Backend {
  readonly name: Field
  readonly port: Field
  readonly namespace: string
}

export const unknownBackend: Rule = {
  id: 'unknown-backend',
  severity: 'error',
  title: 'An Ingress or a route sends to a Service or a port that is nowhere',
  explanation:
    'Requests to a backend that does not exist are answered with 500 or 503. Correct the name, or the port: it is that of the Service, not of its pods.',
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/#backendrefs-optional',
  *check({ of, find, providedOf }) {
    const routes = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'].flatMap((kind) => of(kind))
    const backends = [...of('Ingress', 'networking.k8s.io').flatMap(ofIngress), ...routes.flatMap(ofRoute)]
    for (const { name, port, namespace } of backends) {
      if (name.text === undefined || providedOf('Service', namespace, name.text)) continue
      const service = find('Service', namespace, name.text)
      // Routes by themselves lead to Services that others make.
      const isHere = of('Service', '').some((it) => isSame(it.namespace, namespace))
      if (service === undefined && !isHere) continue
      if (service === undefined) yield { at: name, message: `There is no Service '${name.text}'` }
      else if (
        (typeof port.value === 'number' || port.text !== undefined) &&
        !hasPort(service, port.text ?? port.number ?? 0)
      ) {
        yield { at: port, message: `Service '${name.text}' has no port ${port.value}; it has ${showPorts(service)}` }
      }
    }
  },
}

function ofIngress(ingress: Subject): readonly Backend[] {
  const paths = ingress.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items)
  const all = [ingress.at('spec', 'defaultBackend'), ...paths.map((path) => path.at('backend'))]
  return all.map((backend) => {
    const port = backend.at('service', 'port')
    return {
      name: backend.at('service', 'name'),
      port: port.at('name').exists ? port.at('name') : port.at('number'),
      namespace: ingress.namespace,
    }
  })
}

function ofRoute(route: Subject): readonly Backend[] {
  const references = route.at('spec', 'rules').items.flatMap((rule) => rule.at('backendRefs').items)
  return references
    .filter((reference) => (reference.at('kind').text ?? 'Service') === 'Service')
    .map((reference) => ({
      name: reference.at('name'),
      port: reference.at('port'),
      namespace: reference.at('namespace').text ?? route.namespace,
    }))
}
