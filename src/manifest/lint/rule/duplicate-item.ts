import type { Rule } from '../rule.ts'
import { schemaFindings } from '../world/schema-fault.ts'

export const duplicateItem: Rule = {
  id: 'duplicate-item',
  severity: 'error',
  title: 'Two items of a list have one key',
  explanation:
    'Items of such a list are told apart by their keys, as variables and containers are by name and ports by number: server-side apply refuses two of one key, and otherwise the last one wins.',
  source: 'https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy',
  check: (world) => schemaFindings(world, 'duplicate-item'),
}
