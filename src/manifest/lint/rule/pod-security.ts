import type { Rule } from '../rule.ts'
import { baselineFaults, restrictedFaults } from '../world/pod-security.ts'
import { isSame, type World } from '../world.ts'

const LABEL = 'pod-security.kubernetes.io/enforce'

export const podSecurity: Rule = {
  id: 'pod-security',
  severity: 'error',
  title: 'A pod is not under the Pod Security Standard that its namespace enforces',
  explanation:
    'The API server refuses such pods, while it takes their Deployment: it stays without pods, and only the events of its ReplicaSet say why.',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  *check(world) {
    for (const pod of world.pods) {
      const level = levelOf(world, pod.namespace)
      if (level === 'privileged') continue
      yield* baselineFaults(pod)
      if (level === 'restricted') yield* restrictedFaults(pod)
    }
  },
}

function levelOf({ of }: World, namespace: string): string {
  const found = of('Namespace', '').filter(
    ({ labels, name }) => labels[LABEL] !== undefined && namespace !== '' && isSame(name, namespace),
  )
  return found[0]?.labels[LABEL] ?? 'privileged'
}
