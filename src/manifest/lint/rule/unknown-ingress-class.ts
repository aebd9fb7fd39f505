import type { Rule } from '../rule.ts'

export const unknownIngressClass: Rule = {
  id: 'unknown-ingress-class',
  severity: 'error',
  title: 'An Ingress has a class that is not among those made here',
  explanation:
    'No controller looks at an Ingress whose class it does not have, so no traffic comes. It is not looked at where no IngressClass is made here.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class',
  *check({ of, exists }) {
    if (of('IngressClass').length === 0) return
    for (const ingress of of('Ingress', 'networking.k8s.io')) {
      const field = ingress.at('spec', 'ingressClassName')
      const name = field.text
      if (name === undefined || exists('IngressClass', '', name)) continue
      yield { at: field, message: `There is no IngressClass '${name}'` }
    }
  },
}
