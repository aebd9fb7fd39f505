import { z } from 'zod'
import { shownAs } from '../../core/route/field.ts'

/** A JSON object. */
export type Json = Record<string, unknown>

/** Turns schemas into JSON Schema for one document, and collects those that have an id. */
export interface Schemas {
  /** The schema, or a reference to it when it has an id. */
  of(schema: z.ZodType): Json
  parameters(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): readonly Json[]
  components(): Json
}

const REFERENCE = '#/components/schemas/'

/** Starts a collection. */
export function createSchemas(): Schemas {
  const named: Json = {}
  const convert = (schema: z.ZodType): Json => {
    const {
      $schema: _,
      $defs = {},
      ...shown
    } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: show })
    for (const [name, definition] of Object.entries($defs)) named[name] = refer(definition)
    return refer(shown) as Json
  }
  return {
    of: convert,
    parameters: (place, schema) =>
      Object.entries(schema?.shape ?? {}).map(([name, field]) => parameterOf(place, name, field as z.ZodType, convert)),
    components: () => named,
  }
}

function parameterOf(place: string, name: string, field: z.ZodType, convert: (schema: z.ZodType) => Json): Json {
  const { description, ...schema } = convert(field)
  const required = place === 'path' || !field.safeParse(undefined).success
  return {
    name: place === 'header' ? titleCase(name) : name,
    in: place,
    required,
    ...(description === undefined ? {} : { description }),
    schema,
  }
}

function show({ zodSchema, jsonSchema }: { readonly zodSchema: z.core.$ZodType; readonly jsonSchema: Json }): void {
  const shown = shownAs.get(zodSchema)
  if (shown === undefined) return
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
  Object.assign(jsonSchema, shown)
}

// References within one schema become references within the document.
function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refer)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? item.replace('#/$defs/', REFERENCE) : refer(item),
    ]),
  )
}

function titleCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
}
