import type { Rule } from '../rule.ts'
import { schemaFindings } from '../world/schema-fault.ts'

const ALTERNATIVES = ['httpGet', 'tcpSocket', 'grpc', 'exec', 'sleep'] as const
const HANDLERS = [
  ['startupProbe'],
  ['livenessProbe'],
  ['readinessProbe'],
  ['lifecycle', 'preStop'],
  ['lifecycle', 'postStart'],
] as const

export const exclusiveFields: Rule = {
  id: 'exclusive-fields',
  severity: 'error',
  title: 'Fields are given of which only one may be',
  explanation:
    'The API server refuses an object that gives two alternatives at once, such as a probe that is both `httpGet` and `exec`.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe',
  *check(world) {
    yield* schemaFindings(world, 'exclusive-fields')
    for (const container of world.pods.flatMap(({ allContainers }) => allContainers)) {
      for (const handler of HANDLERS.map((path) => container.at(...path))) {
        const given = ALTERNATIVES.filter((name) => handler.at(name).exists)
        const second = given[1]
        if (second !== undefined)
          yield { at: handler.at(second), message: `Only one of ${given.join(', ')} may be given` }
      }
    }
  },
}
