import type { Condition, ObjectType, Primitive, SchemaTable, SchemaType } from './table.ts'

/** A schema of OpenAPI, as far as it is read. */
export interface OpenApiSchema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly additionalProperties?: OpenApiSchema | boolean
  readonly items?: OpenApiSchema
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
  readonly oneOf?: readonly Alternative[]
  readonly [extension: `x-kubernetes-${string}`]: unknown
}

interface Alternative {
  readonly required?: readonly string[]
  readonly not?: { readonly anyOf?: readonly Alternative[] }
}

/** One of `x-kubernetes-validations`. */
interface Validation {
  readonly rule?: unknown
  readonly message?: unknown
}

/** Makes a table of types, to which schemas are added. */
export interface TableBuilder {
  /** Adds a schema, and answers the index of its type. */
  add(schema: OpenApiSchema): number
  readonly types: readonly SchemaType[]
}

/** Types that the API server reads in ways that their schemas do not tell. */
const SPECIAL: Readonly<Record<string, Primitive>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'q',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': '*',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': '*',
}

/** Makes a builder; `definitions` are what schemas refer to. */
export function createTableBuilder(
  definitions: Readonly<Record<string, OpenApiSchema>> = {},
  before: SchemaTable['types'] = [],
): TableBuilder {
  const types: SchemaType[] = [...before]
  const byText = new Map(types.map((type, index) => [JSON.stringify(type), index]))
  const byName = new Map<string, number>()
  const intern = (type: SchemaType): number => {
    const text = JSON.stringify(type)
    const found = byText.get(text)
    if (found !== undefined) return found
    byText.set(text, types.length)
    return types.push(type) - 1
  }
  const add = (schema: OpenApiSchema): number => {
    if (schema.$ref === undefined) {
      const [type, conditions] = [intern(toType(schema, add)), conditionsIn(schema)]
      return conditions.length === 0 ? type : intern({ t: type, v: conditions })
    }
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    const special = SPECIAL[name]
    if (special !== undefined) return intern(special)
    return byName.get(name) ?? define(name)
  }
  // A place of its own before its fields are known, since a type may hold itself.
  const define = (name: string): number => {
    const index = types.push('*') - 1
    byName.set(name, index)
    types[index] = toType(definitions[name] ?? {}, add)
    return index
  }
  return { add, types }
}

function toType(schema: OpenApiSchema, add: TableBuilder['add']): SchemaType {
  const { type, properties, additionalProperties, items } = schema
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string') return 'q'
  if (properties !== undefined) return toObject(schema, properties, add)
  if (typeof additionalProperties === 'object') return { m: add(additionalProperties) }
  if (type === 'array') return toList(schema, items, add)
  if (type === 'integer' || type === 'number') return toNumber(schema, type)
  if (type === 'boolean') return 'b'
  if (type === 'string') return toText(schema)
  return type === 'object' ? 'o' : '*'
}

// What compares to the object before a change holds for one that is new.
function conditionsIn(schema: OpenApiSchema): readonly Condition[] {
  const validations = schema['x-kubernetes-validations']
  // Written by people too, in definitions that are linted.
  const all: readonly (Validation | null)[] = Array.isArray(validations) ? validations : []
  return all.flatMap((each): readonly Condition[] => {
    if (typeof each?.rule !== 'string' || /\boldSelf\b/.test(each.rule)) return []
    return [typeof each.message === 'string' ? [each.rule, each.message] : [each.rule]]
  })
}

function toObject(
  schema: OpenApiSchema,
  properties: Readonly<Record<string, OpenApiSchema>>,
  add: TableBuilder['add'],
): ObjectType {
  const fields = Object.entries(properties).map(([name, property]) => [name, add(property)] as const)
  const defaults = Object.entries(properties).filter(([, property]) => property.default !== undefined)
  const required = (schema.required ?? []).filter((name) => properties[name]?.default === undefined)
  const exclusive = exclusiveIn(schema)
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true
  return {
    f: Object.fromEntries(fields),
    ...(required.length === 0 ? {} : { r: required }),
    ...(defaults.length === 0 ? {} : { d: Object.fromEntries(defaults.map(([name, it]) => [name, it.default])) }),
    ...(exclusive === undefined ? {} : { o: [exclusive] }),
    ...(isOpen ? { x: 1 } : {}),
  }
}

function toList(schema: OpenApiSchema, items: OpenApiSchema | undefined, add: TableBuilder['add']): SchemaType {
  // Written by controller-gen and by the API server.
  const keys = schema['x-kubernetes-list-map-keys'] as readonly string[] | undefined
  const isMap = schema['x-kubernetes-list-type'] === 'map' && keys !== undefined
  const isSet = schema['x-kubernetes-list-type'] === 'set'
  return { a: add(items ?? {}), ...(isMap ? { k: keys } : isSet ? { k: [] } : {}) }
}

function toNumber({ minimum, maximum }: OpenApiSchema, type: 'integer' | 'number'): SchemaType {
  if (minimum === undefined && maximum === undefined) return type === 'integer' ? 'i' : 'n'
  return type === 'integer' ? { i: [minimum ?? null, maximum ?? null] } : 'n'
}

function toText({ enum: values, pattern }: OpenApiSchema): SchemaType {
  const texts = values?.filter((value) => typeof value === 'string')
  if (texts !== undefined && texts.length > 0) return { e: texts }
  return pattern === undefined ? 's' : { p: pattern }
}

// As the generator of Istio writes a field of which only one alternative may be set: none of them, or one.
function exclusiveIn({ oneOf = [] }: OpenApiSchema): readonly string[] | undefined {
  const [none, ...others] = oneOf
  if (none?.not?.anyOf === undefined) return undefined
  const names = others.flatMap(({ required }) => (required?.length === 1 ? required : []))
  return names.length > 1 && names.length === others.length ? names : undefined
}
