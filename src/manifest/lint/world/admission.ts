import { type Cel, createCel } from '../cel/cel.ts'
import { toCel } from '../cel/to-cel.ts'
import type { Field, Subject } from '../field.ts'
import type { World } from '../world.ts'
import { asksFilled } from './filled-field.ts'
import { matchesResources } from './resource-match.ts'

/** That a policy refuses an object. */
export interface Denial {
  readonly subject: Subject
  /** The name of the policy. */
  readonly policy: string
  readonly message: string
}

const VARIABLES = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'authorizer', 'variables'] as const

/** What the policies that are here say against the objects that are here, as if each were created. */
export function* denialsIn(world: World): Generator<Denial> {
  const bindings = world
    .of('ValidatingAdmissionPolicyBinding')
    .filter((binding) => binding.at('spec', 'validationActions').items.some(({ text }) => text === 'Deny'))
  if (bindings.length === 0) return
  const cel = createCel(VARIABLES)
  for (const binding of bindings) {
    const policy = world.find('ValidatingAdmissionPolicy', '', binding.at('spec', 'policyName').text ?? '')
    if (policy === undefined) continue
    for (const subject of world.subjects.filter((each) => isBound(world, policy, binding, each))) {
      const params = paramsOf(world, policy, binding, subject)
      if (params === undefined) continue
      const message = denialOf(cel, policy, subject, valuesOf(world, subject, params.value))
      if (message !== undefined) yield { subject, policy: policy.name, message }
    }
  }
}

function isBound(world: World, policy: Subject, binding: Subject, subject: Subject): boolean {
  const within = binding.at('spec', 'matchResources')
  return (
    matchesResources(world, policy.at('spec', 'matchConstraints'), subject) &&
    (!within.exists || matchesResources(world, within, subject))
  )
}

// Undefined where the policy has parameters that are not here.
function paramsOf(
  { find, schemas }: World,
  policy: Subject,
  binding: Subject,
  subject: Subject,
): { readonly value: unknown } | undefined {
  const kind = policy.at('spec', 'paramKind', 'kind').text
  if (kind === undefined) return { value: null }
  const reference = binding.at('spec', 'paramRef')
  const found = find(kind, reference.at('namespace').text ?? subject.namespace, reference.at('name').text ?? '')
  return found === undefined ? undefined : { value: schemas.toCel(found) }
}

function valuesOf({ find, schemas }: World, subject: Subject, params: unknown): Readonly<Record<string, unknown>> {
  const { group, version, kind, name, namespace } = subject
  const space = find('Namespace', '', namespace)
  const request = { operation: 'CREATE', name, namespace, dryRun: false, kind: { group, version, kind } }
  return {
    ...{ object: schemas.toCel(subject), oldObject: null, params, request: toCel([], undefined, request) },
    ...(space === undefined ? {} : { namespaceObject: schemas.toCel(space) }),
  }
}

function denialOf(
  cel: Cel,
  policy: Subject,
  subject: Subject,
  given: Readonly<Record<string, unknown>>,
): string | undefined {
  const values = { ...given, variables: variablesOf(cel, policy, given) }
  const isMet = (condition: Field) => cel(condition.at('expression').text ?? '', values)?.value
  if (!policy.at('spec', 'matchConditions').items.every((condition) => isMet(condition) === true)) return undefined
  const told = policy
    .at('spec', 'validations')
    .items.filter((validation) => !asksFilled(validation.at('expression').text ?? '', subject))
  const broken = told.find((validation) => isMet(validation) === false)
  if (broken === undefined) return undefined
  const made = cel(broken.at('messageExpression').text ?? '', values)?.value
  return typeof made === 'string' ? made : (broken.at('message').text ?? broken.at('expression').text)
}

// Each may use those before it; one that cannot be told is not there, nor is what uses it.
function variablesOf(
  cel: Cel,
  policy: Subject,
  given: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> {
  const variables = new Map<string, unknown>()
  for (const variable of policy.at('spec', 'variables').items) {
    const answer = cel(variable.at('expression').text ?? '', { ...given, variables })
    if (answer !== undefined) variables.set(variable.at('name').text ?? '', answer.value)
  }
  return variables
}
