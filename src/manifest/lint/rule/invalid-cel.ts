import { isCel } from '../cel/cel.ts'
import type { Field, Subject } from '../field.ts'
import type { Rule } from '../rule.ts'

/** Fields that hold an expression, by the lists that they stand in. */
const POLICY: Readonly<Record<string, readonly string[]>> = {
  validations: ['expression', 'messageExpression'],
  matchConditions: ['expression'],
  variables: ['expression'],
  auditAnnotations: ['valueExpression'],
}

export const invalidCel: Rule = {
  id: 'invalid-cel',
  severity: 'error',
  title: 'An expression is no CEL',
  explanation:
    'The API server refuses a policy, a webhook or a definition of which one expression cannot be parsed. CEL has `&&`, `||` and `!`, not words for them, and texts in quotes.',
  source: 'https://kubernetes.io/docs/reference/using-api/cel/',
  *check({ of }) {
    const webhooks = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].flatMap((kind) => of(kind))
    const versions = of('CustomResourceDefinition').flatMap((definition) => definition.at('spec', 'versions').items)
    const expressions = [
      ...of('ValidatingAdmissionPolicy').flatMap(ofPolicy),
      ...webhooks.flatMap((it) => it.at('webhooks').items).flatMap((it) => ofLists(it, 'matchConditions')),
      ...versions.flatMap((version) => ofSchema(version.at('schema', 'openAPIV3Schema'))),
    ]
    for (const field of expressions) {
      if (field.text !== undefined && !isCel(field.text))
        yield { at: field, message: `'${field.text}' cannot be parsed` }
    }
  },
}

function ofPolicy(policy: Subject): readonly Field[] {
  return Object.keys(POLICY).flatMap((list) => ofLists(policy.at('spec'), list))
}

function ofLists(holder: Field, list: string): readonly Field[] {
  return holder.at(list).items.flatMap((item) => (POLICY[list] ?? []).map((name) => item.at(name)))
}

function ofSchema(schema: Field): readonly Field[] {
  const own = schema.at('x-kubernetes-validations').items
  const fields = schema.at('properties').entries.map(([, property]) => property)
  const parts = [...fields, schema.at('items'), schema.at('additionalProperties')].filter(({ exists }) => exists)
  return [...own.flatMap((it) => [it.at('rule'), it.at('messageExpression')]), ...parts.flatMap(ofSchema)]
}
