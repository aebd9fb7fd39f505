import type { Rule } from '../rule.ts'
import { schemaFindings } from '../world/schema-fault.ts'

export const wrongType: Rule = {
  id: 'wrong-type',
  severity: 'error',
  title: 'A value is of another type than its field',
  explanation:
    'The API server refuses the object. YAML reads `yes`, `on` and `8080` as no texts: quote what is to be one, such as the values of labels, annotations and variables.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  check: (world) => schemaFindings(world, 'wrong-type'),
}
