import type { Rule } from '../rule.ts'

export const unknownParameters: Rule = {
  id: 'unknown-parameters',
  severity: 'error',
  title: 'A Gateway takes its parameters from an object that is nowhere',
  explanation:
    'A Gateway or GatewayClass whose `parametersRef` leads to nothing is not accepted, and no proxy is made for it.',
  source: 'https://gateway-api.sigs.k8s.io/reference/spec/#localparametersreference',
  *check({ of, exists }) {
    const group = 'gateway.networking.k8s.io'
    const holders = [
      ...of('Gateway', group).map((it) => it.at('spec', 'infrastructure', 'parametersRef')),
      ...of('GatewayClass', group).map((it) => it.at('spec', 'parametersRef')),
    ]
    for (const reference of holders) {
      const [kind, name] = [reference.at('kind').text, reference.at('name')]
      const namespace = reference.at('namespace').text ?? reference.subject.namespace
      // Kinds of the maker of a controller come with it.
      if (kind !== 'ConfigMap' || name.text === undefined) continue
      if (exists(kind, namespace, name.text)) continue
      yield { at: name, message: `There is no ${kind} '${name.text}'` }
    }
  },
}
