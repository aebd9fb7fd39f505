import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { RULE_FILE } from '../subject.ts'

const LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/
const PLAIN = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const DOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const PORT = /^(?=.*[a-z])[a-z0-9]([a-z0-9]|-(?!-)){0,14}$/
const VARIABLE = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/

export const invalidName: Rule = {
  id: 'invalid-name',
  severity: 'error',
  title: 'A name is not one that Kubernetes takes',
  explanation:
    'Names become parts of DNS: lower-case letters, digits and hyphens, a Service and a container at most 63, a port at most 15. A longer name of a CronJob leaves no room for those of its jobs.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names',
  *check({ subjects, pods }) {
    for (const { kind, name, root, group } of subjects) {
      if (
        kind === RULE_FILE ||
        name === '' ||
        group === 'rbac.authorization.k8s.io' ||
        !root.at('metadata', 'name').exists
      )
        continue
      const pattern = kind === 'Service' ? LABEL : kind === 'Namespace' ? PLAIN : DOMAIN
      const longest = kind === 'CronJob' ? 52 : pattern === DOMAIN ? 253 : 63
      if (!pattern.test(name) || name.length > longest) yield invalid(root.at('metadata', 'name'), `a ${kind}`)
    }
    for (const container of pods.flatMap(({ allContainers }) => allContainers)) {
      yield* looked(container.at('name'), PLAIN, 'a container')
      for (const port of container.at('ports').items) yield* looked(port.at('name'), PORT, 'a port')
      for (const variable of container.at('env').items) yield* looked(variable.at('name'), VARIABLE, 'a variable')
    }
    for (const port of subjects
      .filter(({ kind }) => kind === 'Service')
      .flatMap((it) => it.at('spec', 'ports').items)) {
      yield* looked(port.at('name'), PLAIN, 'a port')
    }
    for (const volume of pods.flatMap(({ spec }) => spec.at('volumes').items))
      yield* looked(volume.at('name'), PLAIN, 'a volume')
  },
}

function* looked(field: Field, pattern: RegExp, what: string) {
  if (field.text !== undefined && !pattern.test(field.text)) yield invalid(field, what)
}

function invalid(at: Field, what: string) {
  return { at, message: `'${at.text}' is no name of ${what}` }
}
