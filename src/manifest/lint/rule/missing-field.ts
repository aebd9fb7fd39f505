import type { Rule } from '../rule.ts'
import { schemaFindings } from '../world/schema-fault.ts'

export const missingField: Rule = {
  id: 'missing-field',
  severity: 'error',
  title: 'A required field is not there',
  explanation: 'The API server refuses an object without it.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  *check(world) {
    yield* schemaFindings(world, 'missing-field')
    for (const { root, name, kind } of world.subjects) {
      // Every object has a name, which no schema says.
      if (name === '' && kind !== 'Kustomization')
        yield { at: root.at('metadata'), message: "'metadata.name' is required" }
    }
  },
}
