import type { Rule } from '../rule.ts'

export const wrongScope: Rule = {
  id: 'wrong-scope',
  severity: 'error',
  title: 'An object of the whole cluster names a namespace',
  explanation:
    'Kinds such as ClusterRole and Namespace belong to no namespace: strict clients refuse the field, others drop it.',
  source:
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#not-all-objects-are-in-a-namespace',
  *check({ subjects, schemas }) {
    for (const subject of subjects) {
      if (subject.namespace === '' || schemas.isNamespaced(subject) !== false) continue
      const at = subject.at('metadata', 'namespace')
      yield { at, message: `A ${subject.kind} has no namespace`, fix: [{ kind: 'remove', path: at.path }] }
    }
  },
}
