import type { Rule } from '../rule.ts'
import { PROBES } from '../world/probe.ts'

export const probePath: Rule = {
  id: 'probe-path',
  severity: 'error',
  title: 'A probe asks for a path that is not served',
  explanation:
    'A probe of a path that answers 404 fails for ever, and the pod is restarted or never ready. A path begins with a slash; those of our own images are known.',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#http-probes',
  *check({ pods, served }) {
    for (const container of pods.flatMap(({ allContainers }) => allContainers)) {
      const known = served(container.at('image').text ?? '')
      for (const path of PROBES.map((probe) => container.at(probe, 'httpGet', 'path'))) {
        if (path.text === undefined) continue
        if (!path.text.startsWith('/')) yield { at: path, message: `'${path.text}' does not begin with a slash` }
        else if (known !== undefined && !known.includes(path.text.split('?')[0] ?? '')) {
          yield { at: path, message: `The image serves ${known.join(', ')}, not '${path.text}'` }
        }
      }
    }
  },
}
