import type { Rule } from '../rule.ts'

export const duplicateKey: Rule = {
  id: 'duplicate-key',
  severity: 'error',
  title: 'A key stands twice in one mapping',
  explanation:
    'A mapping may have each key once: the API server refuses the object, and tools that take it keep one of the two values in silence. Keep the one that is meant.',
  source: 'https://yaml.org/spec/1.2.2/#3213-node-comparison',
  *check({ problems }) {
    for (const { kind, spot, message } of problems) {
      if (kind === 'duplicate-key') yield { at: spot, message }
    }
  },
}
