import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'

/** Annotations that do nothing any more, and what took their place. */
const INERT: readonly (readonly [RegExp, string])[] = [
  [/^(container\.)?seccomp\.security\.alpha\.kubernetes\.io\//, 'securityContext.seccompProfile'],
  [/^container\.apparmor\.security\.beta\.kubernetes\.io\//, 'securityContext.appArmorProfile'],
  [/^kubernetes\.io\/ingress\.class$/, 'spec.ingressClassName'],
  [/^scheduler\.alpha\.kubernetes\.io\//, 'priorityClassName, affinity and tolerations'],
  [/^service\.alpha\.kubernetes\.io\/tolerate-unready-endpoints$/, 'spec.publishNotReadyAddresses'],
  [/^volume\.beta\.kubernetes\.io\/storage-class$/, 'spec.storageClassName'],
  [/^volume\.alpha\.kubernetes\.io\//, 'spec.storageClassName'],
  [/^service\.kubernetes\.io\/topology-(aware-hints|mode)$/, 'spec.trafficDistribution'],
  [/^networking\.alpha\.kubernetes\.io\//, 'NetworkPolicy'],
  [/^pod\.alpha\.kubernetes\.io\//, 'spec of the pod'],
  [/^pod\.beta\.kubernetes\.io\//, 'spec of the pod'],
]

export const inertAnnotation: Rule = {
  id: 'inert-annotation',
  severity: 'warning',
  title: 'An annotation does nothing any more',
  explanation:
    'Annotations of features that were to come have become fields, and are read no longer or not for long: what they promise, such as a seccomp profile, is not given.',
  source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/',
  *check({ subjects, pods }) {
    const templates = pods.filter(({ template }) => template.path.length > 0).map(({ template }) => template)
    for (const holder of [...subjects.map(({ root }) => root), ...templates])
      yield* inertIn(holder.at('metadata', 'annotations'))
  },
}

function* inertIn(annotations: Field) {
  for (const [key, field] of annotations.entries) {
    const found = INERT.find(([pattern]) => pattern.test(key))
    if (found !== undefined) yield { at: field, message: `'${key}' is now ${found[1]}` }
  }
}
