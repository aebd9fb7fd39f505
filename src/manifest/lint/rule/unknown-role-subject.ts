import type { Rule } from '../rule.ts'

export const unknownRoleSubject: Rule = {
  id: 'unknown-role-subject',
  severity: 'error',
  title: 'A role is granted to a ServiceAccount that is nowhere',
  explanation: 'The grant reaches nobody, and the pods that were meant are refused by the API.',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects',
  *check({ of, subjects, exists }) {
    for (const binding of [...of('RoleBinding'), ...of('ClusterRoleBinding')]) {
      for (const subject of binding.at('subjects').items) {
        const name = subject.at('name')
        const namespace = subject.at('namespace').text ?? binding.namespace
        if (subject.at('kind').text !== 'ServiceAccount' || name.text === undefined || name.text === 'default') continue
        // Accounts of namespaces of which nothing is here are made elsewhere.
        const isElsewhere =
          namespace === 'kube-system' ||
          !subjects.some((it) => it.namespace === namespace || (it.kind === 'Namespace' && it.name === namespace))
        if (isElsewhere || exists('ServiceAccount', namespace, name.text)) continue
        yield { at: name, message: `There is no ServiceAccount '${name.text}' in namespace '${namespace}'` }
      }
    }
  },
}
