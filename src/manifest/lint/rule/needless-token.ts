import type { Rule } from '../rule.ts'
import { LASTING_KINDS } from '../world/pod.ts'
import { isSame } from '../world.ts'

export const needlessToken: Rule = {
  id: 'needless-token',
  severity: 'warning',
  title: 'A pod gets a token of the API that it does not use',
  explanation:
    'Every pod gets a token of its ServiceAccount unless told otherwise: whoever breaks into it may ask the API. Set `automountServiceAccountToken: false` where no role is bound to the account.',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
  *check({ of, pods, find }) {
    const bound = [...of('RoleBinding'), ...of('ClusterRoleBinding')].flatMap((it) => it.at('subjects').items)
    for (const { owner, spec, namespace } of pods) {
      if (!LASTING_KINDS.includes(owner.kind)) continue
      const name = spec.at('serviceAccountName').text ?? 'default'
      const account = find('ServiceAccount', namespace, name)
      const own = spec.at('automountServiceAccountToken')
      const isMounted = own.exists ? own.value === true : account?.at('automountServiceAccountToken').value !== false
      const isBound = bound.some(
        (subject) => subject.at('name').text === name && isSame(subject.at('namespace').text ?? '', namespace),
      )
      if (isMounted && !isBound)
        yield { at: own.exists ? own : spec, message: `No role is bound to '${name}', whose token it gets` }
    }
  },
}
