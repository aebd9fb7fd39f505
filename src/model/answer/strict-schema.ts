const UNSUPPORTED = [
  ...['allOf', 'not', 'oneOf', 'if', 'dependentRequired', 'dependentSchemas', 'patternProperties'],
  ...['propertyNames', 'prefixItems', 'contains', 'unevaluatedProperties', 'default'],
]

/**
 * Whether a model can be held to a JSON Schema to the letter: every object in it closed, with every property required.
 *
 * OpenAI refuses to be strict about any other; it then follows it as well as it can, and what comes is checked anyway.
 */
export function isStrictSchema(schema: unknown): boolean {
  return isRecord(schema) && isStrict(schema) && valuesOf(schema.$defs).every(isStrictSchema)
}

function isStrict(schema: Readonly<Record<string, unknown>>): boolean {
  if (UNSUPPORTED.some((keyword) => keyword in schema)) return false
  if (Array.isArray(schema.anyOf)) return schema.anyOf.every(isStrictSchema)
  if ('$ref' in schema || 'enum' in schema || 'const' in schema) return true
  const types: readonly unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type]
  return types.every((type) => {
    if (type === 'object') return isClosed(schema) && valuesOf(schema.properties).every(isStrictSchema)
    return type === 'array' ? isStrictSchema(schema.items) : typeof type === 'string'
  })
}

function isClosed({ properties, required = [], additionalProperties }: Readonly<Record<string, unknown>>): boolean {
  const names = isRecord(properties) ? Object.keys(properties) : []
  return additionalProperties === false && Array.isArray(required) && names.every((name) => required.includes(name))
}

function valuesOf(value: unknown): readonly unknown[] {
  return isRecord(value) ? Object.values(value) : []
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
