import type { JsonSchema } from '../../core/schema.ts'

/** Arguments as models give them, always an object, and what they stand for. */
export interface ObjectSchema {
  readonly schema: JsonSchema
  /** What the tool takes, of what the model gave. */
  unwrap(args: unknown): unknown
}

/** A JSON Schema as providers want that of a tool: of an object. Any other one becomes its property `input`. */
export function toObjectSchema(schema: unknown): ObjectSchema {
  const given: JsonSchema = typeof schema === 'object' && schema !== null ? { ...schema } : {}
  const { $schema: _, ...plain } = given
  if (plain.type === 'object') return { schema: plain, unwrap: (args) => args }
  if (Object.keys(plain).length === 0) return { schema: { type: 'object' }, unwrap: (args) => args }
  return {
    schema: { type: 'object', properties: { input: plain }, required: ['input'], additionalProperties: false },
    unwrap: (args) => (typeof args === 'object' && args !== null && 'input' in args ? args.input : args),
  }
}
