import type { Field, Subject } from '../field.ts'
import { isSelected, type World } from '../world.ts'

/** Whether MatchResources, of a policy or of its binding, match an object when it is created; not where that cannot be told. */
export function matchesResources(world: World, match: Field, subject: Subject): boolean {
  const rules = match.at('resourceRules')
  const isNamed = !rules.exists || rules.items.some((rule) => matchesRule(world, rule, subject))
  const isExcluded = match.at('excludeResourceRules').items.some((rule) => matchesRule(world, rule, subject))
  const selector = match.at('objectSelector')
  return isNamed && !isExcluded && isSelected(subject.labels, selector) && inNamespace(world, match, subject)
}

function matchesRule({ schemas, of }: World, rule: Field, subject: Subject): boolean {
  const allows = (name: string, value: string) =>
    rule.at(name).items.some(({ text }) => text === '*' || text === value || text === '*/*')
  const names = rule.at('resourceNames').items
  const scope = rule.at('scope').text ?? '*'
  const isNamespaced = schemas.isNamespaced(subject)
  return (
    allows('apiGroups', subject.group) &&
    allows('apiVersions', subject.version) &&
    allows('operations', 'CREATE') &&
    allows('resources', resourceOf(of('CustomResourceDefinition'), subject)) &&
    (names.length === 0 || names.some(({ text }) => text === subject.name)) &&
    (scope === '*' || isNamespaced === (scope === 'Namespaced'))
  )
}

// A definition says the plural; elsewhere it follows from the kind.
function resourceOf(definitions: readonly Subject[], { group, kind }: Subject): string {
  const own = definitions.find(
    (it) => it.at('spec', 'group').text === group && it.at('spec', 'names', 'kind').text === kind,
  )
  const plural = own?.at('spec', 'names', 'plural').text
  const word = kind.toLowerCase()
  if (plural !== undefined || word === 'endpoints') return plural ?? word
  if (/(s|x|ch|sh)$/.test(word)) return `${word}es`
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}

function inNamespace({ schemas, find }: World, match: Field, subject: Subject): boolean {
  const selector = match.at('namespaceSelector')
  if (selector.entries.length === 0) return true
  const isNamespace = subject.kind === 'Namespace' && subject.group === ''
  // The selector is not asked of what is in no namespace.
  if (!isNamespace && schemas.isNamespaced(subject) === false) return true
  const name = isNamespace ? subject.name : subject.namespace
  const labels = { ...find('Namespace', '', name)?.labels, 'kubernetes.io/metadata.name': name }
  return isSelected(labels, selector)
}
