import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'

const NAME = /(^|[_.-])(password|passwd|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?)$/i
const VALUE =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bsk-[A-Za-z0-9_-]{20,}|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[abp]-[A-Za-z0-9-]{20,}|:\/\/[^\s:/@]+:[^\s:/@$]{3,}@/

export const secretInTheOpen: Rule = {
  id: 'secret-in-the-open',
  severity: 'error',
  title: 'A secret stands where everybody reads it',
  explanation:
    'Whoever may read the pod or the ConfigMap, the repository or its history has it. Put it into a Secret that is made elsewhere, refer to it, and change it now.',
  source: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  *check({ pods, of }) {
    for (const variable of pods.flatMap(({ allContainers }) => allContainers.flatMap((it) => it.at('env').items))) {
      if (isSecret(variable.at('name').text ?? '', variable.at('value'))) yield found(variable.at('value'))
    }
    for (const [key, field] of of('ConfigMap').flatMap((map) => map.at('data').entries)) {
      if (isSecret(key, field)) yield found(field)
    }
  },
}

function isSecret(name: string, value: Field): boolean {
  const text = value.text ?? ''
  // What is expanded, or names a file, is no secret itself.
  const isPlain = text !== '' && !/^\$\(|^\/|^<|^\{\{|^(true|false|\d+)$/.test(text)
  return VALUE.test(text) || (NAME.test(name) && isPlain)
}

function found(at: Field) {
  return { at, message: 'This looks like a secret' }
}
