import type { Rule } from '../rule.ts'
import { schemaFindings } from '../world/schema-fault.ts'

export const invalidValue: Rule = {
  id: 'invalid-value',
  severity: 'error',
  title: 'A value is none that its field may have',
  explanation: 'The API server refuses values outside a closed list, a pattern or bounds.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  check: (world) => schemaFindings(world, 'invalid-value'),
}
