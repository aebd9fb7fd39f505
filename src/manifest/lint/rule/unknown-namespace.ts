import type { Rule } from '../rule.ts'

const ALWAYS = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

export const unknownNamespace: Rule = {
  id: 'unknown-namespace',
  severity: 'error',
  title: 'An object is in a namespace that is not among those made here',
  explanation:
    'Files that make namespaces, but not this one, usually have a wrong name: the object is refused, or lands where nothing else is. It is not looked at where no namespace is made at all.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  *check({ of, subjects, providedOf, isComplete }) {
    const made = of('Namespace', '').map(({ name }) => name)
    if (made.length === 0 && !isComplete) return
    for (const { namespace, root } of subjects) {
      const isKnown = namespace === '' || made.includes(namespace) || ALWAYS.includes(namespace)
      if (isKnown || providedOf('Namespace', '', namespace)) continue
      yield {
        at: root.at('metadata', 'namespace'),
        message: `There is no namespace '${namespace}'; there is ${made.join(', ') || 'none'}`,
      }
    }
  },
}
