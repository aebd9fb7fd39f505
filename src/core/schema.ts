import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { PolisError } from './error.ts'
import type { ErrorCode } from './error-code.ts'

export { type JsonSchema, schemaFromJson } from './json-schema.ts'

/** A schema of any library that speaks Standard Schema: zod, valibot, arktype, and what `schemaFromJson` makes. */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>

/** The type that a schema gives. */
export type OutputOf<S extends Schema> = StandardSchemaV1.InferOutput<S>

/** One thing wrong with a value: where (`user.tags[0]`, empty for the value itself) and what. */
export interface SchemaIssue {
  readonly path: string
  readonly message: string
}

const SHOWN_ISSUES = 10
const KEPT_ISSUES = 100

/**
 * The value as the schema gives it, with defaults and transformations applied. A promise only when the schema itself is
 * asynchronous, so await it always.
 *
 * Throws (or rejects with) the given code; `what` names the value in the message, `details.issues` holds `SchemaIssue`s.
 */
export function validate<S extends Schema>(
  schema: S,
  value: unknown,
  what: string,
  code: ErrorCode = 'INVALID_INPUT',
): OutputOf<S> | Promise<OutputOf<S>> {
  const result = schema['~standard'].validate(value)
  return result instanceof Promise ? result.then((it) => unwrap(it, what, code)) : unwrap(result, what, code)
}

/**
 * The JSON Schema (2020-12) of what a schema accepts (`input`) or gives (`output`); `{}`, which allows anything, when its library
 * cannot say.
 */
export function toJsonSchema(schema: Schema, side: 'input' | 'output' = 'input'): Readonly<Record<string, unknown>> {
  const standard: Partial<StandardJSONSchemaV1.Props> = schema['~standard']
  try {
    // `unrepresentable` is zod's: what JSON Schema cannot express (a date) allows anything instead of failing the whole.
    return standard.jsonSchema?.[side]({ target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } }) ?? {}
  } catch {
    // The schema still validates; it is only its description for others that is lost.
    return {}
  }
}

function unwrap<Output>(result: StandardSchemaV1.Result<Output>, what: string, code: ErrorCode): Output {
  if (result.issues === undefined) return result.value
  const issues = result.issues.slice(0, KEPT_ISSUES).map(readIssue)
  throw new PolisError(code, `The ${what} is not valid: ${describe(issues, result.issues.length)}`, {
    details: { issues },
  })
}

function describe(issues: readonly SchemaIssue[], count: number): string {
  const shown = issues
    .slice(0, SHOWN_ISSUES)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return count > shown.length ? `${shown.join('; ')}; and ${count - shown.length} more` : shown.join('; ')
}

function readIssue(issue: StandardSchemaV1.Issue): SchemaIssue {
  const path = (issue.path ?? []).reduce<string>(
    (above, segment) => joinPath(above, typeof segment === 'object' ? segment.key : segment),
    '',
  )
  return { path, message: issue.message }
}

function joinPath(above: string, key: PropertyKey): string {
  if (typeof key === 'number' || /^\d+$/.test(String(key))) return `${above}[${String(key)}]`
  return above === '' ? String(key) : `${above}.${String(key)}`
}
