import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { LASTING_KINDS } from '../world/pod.ts'

export const runAsRoot: Rule = {
  id: 'run-as-root',
  severity: 'warning',
  title: 'A container may run as root',
  explanation:
    'Without `runAsNonRoot: true` an image that names no user runs as root, and a flaw of the kernel is a way out. Set it for the pod or the container.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  *check({ pods }) {
    for (const { owner, spec, allContainers } of pods) {
      if (!LASTING_KINDS.includes(owner.kind) && owner.kind !== 'CronJob') continue
      for (const container of allContainers) {
        const [own, shared] = [container.at('securityContext'), spec.at('securityContext')]
        const user = own.at('runAsUser').exists ? own.at('runAsUser') : shared.at('runAsUser')
        if (user.value === 0) yield { at: user, message: 'User 0 is root' }
        else if (!user.exists && !isOn(own.at('runAsNonRoot'), shared.at('runAsNonRoot')))
          yield { at: container, message: `Nothing keeps '${container.at('name').text}' from running as root` }
      }
    }
  },
}

function isOn(own: Field, shared: Field): boolean {
  return (own.exists ? own : shared).value === true
}
