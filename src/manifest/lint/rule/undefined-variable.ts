import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import type { PodView } from '../world/pod.ts'
import type { World } from '../world.ts'

export const undefinedVariable: Rule = {
  id: 'undefined-variable',
  severity: 'error',
  title: 'An argument uses a variable that its container has not',
  explanation:
    'Kubernetes leaves `$(NAME)` as it stands where the container has no such variable, and the program gets those very characters. A variable can use only those above it.',
  source: 'https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/',
  *check(world) {
    for (const pod of world.pods) {
      for (const container of pod.allContainers) {
        const variables = container.at('env').items
        const shared = sharedVariables(world, pod, container)
        if (shared === undefined) continue
        const all = [...variables.map((it) => it.at('name').text), ...shared]
        for (const word of [...container.at('command').items, ...container.at('args').items]) yield* missing(word, all)
        for (const [index, variable] of variables.entries()) {
          const above = [...variables.slice(0, index).map((it) => it.at('name').text), ...shared]
          yield* missing(variable.at('value'), above)
        }
      }
    }
  },
}

function* missing(field: Field, known: readonly (string | undefined)[]) {
  for (const [, name = ''] of (field.text ?? '').matchAll(/(?<!\$)\$\(([A-Za-z_][\w.-]*)\)/g)) {
    if (!known.includes(name)) yield { at: field, message: `The container has no variable '${name}' here` }
  }
}

// Undefined where not all names are known.
function sharedVariables({ find }: World, { namespace }: PodView, container: Field): readonly string[] | undefined {
  const names: string[] = []
  for (const source of container.at('envFrom').items) {
    const map = find('ConfigMap', namespace, source.at('configMapRef', 'name').text ?? '')
    if (map === undefined) return undefined
    names.push(...Object.keys(map.at('data').texts).map((key) => `${source.at('prefix').text ?? ''}${key}`))
  }
  return names
}
