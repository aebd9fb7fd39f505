import type { Rule } from '../rule.ts'

export const privileged: Rule = {
  id: 'privileged',
  severity: 'error',
  title: 'A container may do what its node may',
  explanation:
    'A privileged container, or one with SYS_ADMIN and the like, is root on its node: whoever breaks into it has the node and every pod on it. Give it the one capability that it needs.',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  *check({ pods }) {
    for (const container of pods.flatMap(({ allContainers }) => allContainers)) {
      const context = container.at('securityContext')
      if (context.at('privileged').value === true)
        yield { at: context.at('privileged'), message: `Container '${container.at('name').text}' is privileged` }
      for (const capability of context.at('capabilities', 'add').items) {
        if (
          ['ALL', 'SYS_ADMIN', 'SYS_PTRACE', 'SYS_MODULE', 'NET_ADMIN', 'DAC_READ_SEARCH', 'BPF'].includes(
            (capability.text ?? '').replace(/^CAP_/, ''),
          )
        ) {
          yield { at: capability, message: `${capability.text} is as good as root on the node` }
        }
      }
    }
  },
}
