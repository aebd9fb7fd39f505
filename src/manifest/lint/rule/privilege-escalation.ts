import type { Rule } from '../rule.ts'
import { LASTING_KINDS } from '../world/pod.ts'

export const privilegeEscalation: Rule = {
  id: 'privilege-escalation',
  severity: 'warning',
  title: 'A container may gain rights that it was not started with',
  explanation:
    'A setuid program in the image makes its process root. Set `allowPrivilegeEscalation: false`, and drop all capabilities.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  *check({ pods }) {
    for (const { owner, allContainers } of pods) {
      if (!LASTING_KINDS.includes(owner.kind) && owner.kind !== 'CronJob') continue
      for (const container of allContainers) {
        const field = container.at('securityContext', 'allowPrivilegeEscalation')
        if (field.value === false) continue
        yield {
          at: field.exists ? field : container,
          message: `Nothing keeps '${container.at('name').text}' from gaining rights`,
        }
      }
    }
  },
}
