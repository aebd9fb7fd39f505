import type { Rule } from '../rule.ts'

export const unknownGateway: Rule = {
  id: 'unknown-gateway',
  severity: 'error',
  title: 'A route hangs on a gateway that is nowhere',
  explanation:
    'A route whose gateway does not exist takes no traffic. Gateways of namespaces of which nothing is here are not looked at.',
  source: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService-gateways',
  *check({ of, subjects, exists }) {
    // Routes by themselves hang on gateways that others make.
    const isHere = (namespace: string, kind = 'Gateway') =>
      of(kind).length > 0 && subjects.some((it) => it.namespace === namespace && it.kind !== 'Namespace')
    for (const service of of('VirtualService')) {
      for (const field of service.at('spec', 'gateways').items) {
        const [name = '', namespace = service.namespace] = (field.text ?? 'mesh').split('/').reverse()
        const isLocal = namespace === '.' ? service.namespace : namespace
        if (name === 'mesh' || !isHere(isLocal) || exists('Gateway', isLocal, name)) continue
        yield { at: field, message: `There is no Gateway '${name}' in namespace '${isLocal}'` }
      }
    }
    for (const route of ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'].flatMap((kind) => of(kind))) {
      for (const parent of route.at('spec', 'parentRefs').items) {
        const [kind, namespace] = [parent.at('kind').text ?? 'Gateway', parent.at('namespace').text ?? route.namespace]
        const name = parent.at('name')
        if (name.text === undefined || !isHere(namespace, kind) || exists(kind, namespace, name.text)) continue
        yield { at: name, message: `There is no ${kind} '${name.text}' in namespace '${namespace}'` }
      }
    }
  },
}
