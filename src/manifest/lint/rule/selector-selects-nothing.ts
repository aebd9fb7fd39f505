import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { isSame, isSelected, type World } from '../world.ts'

/** Where kinds other than workloads select pods of their own namespace. */
const SELECTORS: Readonly<Record<string, readonly string[]>> = {
  PodDisruptionBudget: ['spec', 'selector'],
  NetworkPolicy: ['spec', 'podSelector'],
  AuthorizationPolicy: ['spec', 'selector'],
  PeerAuthentication: ['spec', 'selector'],
  RequestAuthentication: ['spec', 'selector'],
  Sidecar: ['spec', 'workloadSelector'],
  Telemetry: ['spec', 'selector'],
  EnvoyFilter: ['spec', 'workloadSelector'],
}

export const selectorSelectsNothing: Rule = {
  id: 'selector-selects-nothing',
  severity: 'error',
  title: 'A policy or a budget selects no pods',
  explanation:
    'What selects nothing protects nothing, and nothing says so: a PodDisruptionBudget allows every eviction, and a NetworkPolicy leaves the pods open.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
  *check(world) {
    if (world.pods.length === 0) return
    for (const [kind, path] of Object.entries(SELECTORS)) {
      for (const subject of world.of(kind)) {
        const selector = subject.at(...path)
        if (isEmpty(selector) || reaches(world, subject.namespace, selector)) continue
        yield { at: selector, message: `No pod here is selected by this ${kind}` }
      }
    }
  },
}

// Those of Istio write labels in another way; an empty selector means every pod.
function isEmpty(selector: Field): boolean {
  return selector.entries.every(([, value]) => value.entries.length === 0 && value.items.length === 0)
}

function reaches({ pods }: World, namespace: string, selector: Field): boolean {
  const plain = Object.entries(selector.at('labels').texts)
  return pods.some(
    (pod) =>
      isSame(pod.namespace, namespace) &&
      isSelected(pod.labels, selector) &&
      plain.every(([key, value]) => pod.labels[key] === value),
  )
}
