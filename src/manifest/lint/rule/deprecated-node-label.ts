import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'

const LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'node-role.kubernetes.io/master': 'node-role.kubernetes.io/control-plane',
}

export const deprecatedNodeLabel: Rule = {
  id: 'deprecated-node-label',
  severity: 'warning',
  title: 'Nodes are chosen by a label that they have no longer',
  explanation:
    'Pods that ask for a label which nodes have no longer stay Pending; spread and affinity over it spread over nothing.',
  source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/',
  *check({ pods }) {
    for (const { spec } of pods) {
      for (const [key, field] of spec.at('nodeSelector').entries) {
        const now = LABELS[key]
        if (now !== undefined)
          yield {
            at: field,
            message: `'${key}' is now '${now}'`,
            fix: [{ kind: 'rename', path: field.path, key: now }],
          }
      }
      for (const field of keysIn(spec)) {
        const now = LABELS[field.text ?? '']
        if (now !== undefined)
          yield {
            at: field,
            message: `'${field.text}' is now '${now}'`,
            fix: [{ kind: 'set', path: field.path, value: now }],
          }
      }
    }
  },
}

function keysIn(spec: Field): readonly Field[] {
  const affinity = spec.at('affinity')
  const required = affinity.at(
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  ).items
  const anti = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
    ...affinity.at(kind, 'requiredDuringSchedulingIgnoredDuringExecution').items,
    ...affinity.at(kind, 'preferredDuringSchedulingIgnoredDuringExecution').items.map((it) => it.at('podAffinityTerm')),
  ])
  return [
    ...required.flatMap((term) => term.at('matchExpressions').items.map((it) => it.at('key'))),
    ...[...anti, ...spec.at('topologySpreadConstraints').items].map((it) => it.at('topologyKey')),
    ...spec.at('tolerations').items.map((it) => it.at('key')),
  ]
}
