import type { Rule } from '../rule.ts'
import { schemaFindings } from '../world/schema-fault.ts'

export const unknownField: Rule = {
  id: 'unknown-field',
  severity: 'error',
  title: 'A field does not exist',
  explanation:
    'The API server drops fields that it does not know, or refuses them under strict validation: what the field was to do is never done. Correct its name or its place.',
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  check: (world) => schemaFindings(world, 'unknown-field'),
}
