import { dirname } from 'node:path'
import type { Subject } from '../field.ts'
import type { Rule } from '../rule.ts'
import { nameOf, RULE_FILE } from '../subject.ts'

export const duplicateObject: Rule = {
  id: 'duplicate-object',
  severity: 'error',
  title: 'Two objects of one folder have one name',
  explanation:
    'Kind, namespace and name identify an object, so the one that is applied later replaces the other in silence. Rename one, or take it away.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  *check({ subjects }) {
    const objects = subjects.filter(({ kind, name }) => kind !== RULE_FILE && name !== '')
    for (const [first, ...others] of Map.groupBy(objects, identityOf).values()) {
      for (const other of first === undefined ? [] : others) {
        const { file, line } = first?.spotOf(['metadata', 'name']) ?? other.spotOf([])
        yield { at: other.at('metadata', 'name'), message: `${nameOf(other)} is also in ${file}:${line}` }
      }
    }
  },
}

// Folders beside each other often are environments, which are never applied together.
function identityOf({ document, group, kind, namespace, name }: Subject): string {
  return [dirname(document.file.name), group, kind, namespace, name].join('\n')
}
