import type { Rule } from '../rule.ts'

const ALWAYS = /^(cluster-admin|admin|edit|view|system:.*)$/

export const unknownRole: Rule = {
  id: 'unknown-role',
  severity: 'error',
  title: 'A binding grants a role that is nowhere',
  explanation:
    'The binding grants nothing until the role exists, and the API server says nothing of it: requests are refused.',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding',
  *check({ of, exists }) {
    for (const binding of [...of('RoleBinding'), ...of('ClusterRoleBinding')]) {
      const name = binding.at('roleRef', 'name')
      const kind = binding.at('roleRef', 'kind').text ?? ''
      const within = kind === 'Role' ? binding.namespace : ''
      // Those of the control plane are there before anything is applied.
      const isThere = kind === 'ClusterRole' ? ALWAYS.test(name.text ?? '') : within === 'kube-system'
      if (name.text === undefined || isThere) continue
      if (exists(kind, within, name.text)) continue
      yield { at: name, message: `There is no ${kind} '${name.text}'` }
    }
  },
}
