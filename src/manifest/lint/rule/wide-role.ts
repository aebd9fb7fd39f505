import type { Rule } from '../rule.ts'

export const wideRole: Rule = {
  id: 'wide-role',
  severity: 'warning',
  title: 'A role allows everything',
  explanation:
    'Every verb on every resource, or cluster-admin, is the whole cluster to whoever has it. Name the verbs and the resources that are used.',
  source: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  *check({ of }) {
    for (const rule of [...of('Role'), ...of('ClusterRole')].flatMap((role) => role.at('rules').items)) {
      const has = (field: 'verbs' | 'resources' | 'apiGroups') => rule.at(field).items.some(({ text }) => text === '*')
      if (has('verbs') && has('resources') && has('apiGroups'))
        yield { at: rule, message: 'It allows every verb on every resource' }
    }
    for (const binding of [...of('RoleBinding'), ...of('ClusterRoleBinding')]) {
      const name = binding.at('roleRef', 'name')
      if (name.text === 'cluster-admin') yield { at: name, message: 'cluster-admin may do everything' }
    }
  },
}
