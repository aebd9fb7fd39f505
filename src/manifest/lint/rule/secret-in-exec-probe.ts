import type { Rule } from '../rule.ts'
import { PROBES } from '../world/probe.ts'

export const secretInExecProbe: Rule = {
  id: 'secret-in-exec-probe',
  severity: 'error',
  title: 'An exec probe expands a variable that does not come from a literal',
  explanation:
    'The kubelet expands `$(NAME)` in exec probes from literal variables alone: one from a Secret, a ConfigMap or a field becomes the empty text, and `redis-cli -a "" ping` succeeds without a password. Let a shell expand it: `sh -c \'redis-cli -a "$REDIS_PASSWORD" ping\'`.',
  source: 'https://github.com/kubernetes/kubernetes/issues/40846',
  *check({ pods }) {
    for (const container of pods.flatMap(({ allContainers }) => allContainers)) {
      const literals = container
        .at('env')
        .items.filter((variable) => !variable.at('valueFrom').exists)
        .map((variable) => variable.at('name').text)
      for (const word of PROBES.flatMap((probe) => container.at(probe, 'exec', 'command').items)) {
        for (const [, name = ''] of (word.text ?? '').matchAll(/(?<!\$)\$\(([A-Za-z_][\w.-]*)\)/g)) {
          if (!literals.includes(name)) yield { at: word, message: `The kubelet makes $(${name}) empty here` }
        }
      }
    }
  },
}
