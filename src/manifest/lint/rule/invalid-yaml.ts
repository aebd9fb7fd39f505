import type { Rule } from '../rule.ts'

export const invalidYaml: Rule = {
  id: 'invalid-yaml',
  severity: 'error',
  title: 'The file is no YAML',
  explanation:
    'Nothing of a document that cannot be parsed is looked at or applied. Templates are to be rendered first: `helm template … | polis lint -`.',
  source: 'https://yaml.org/spec/1.2.2/',
  *check({ problems }) {
    for (const { kind, spot, message } of problems) {
      if (kind === 'invalid-yaml') yield { at: spot, message }
    }
  },
}
