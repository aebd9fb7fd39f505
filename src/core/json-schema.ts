import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { hash } from './canonical.ts'
import { PolisError } from './error.ts'
import { withinTime } from './within-time.ts'

/** A JSON Schema: 2020-12, or draft 7 when its `$schema` says so. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A Standard Schema that also says what JSON Schema it is. */
export type SchemaFromJson = StandardSchemaV1 & StandardJSONSchemaV1

// Schemas come from other people (MCP servers, clients): unknown keywords and formats are ignored, as JSON Schema asks,
// values are not changed, and the first issue ends the check, so that a large bad value is not a large list of errors.
const OPTIONS = { strict: false, validateFormats: false, allErrors: false, logger: false } as const

// To compile the largest schema that is taken needs a fraction of it.
const LIMIT = 1000
const TOO_SLOW = `Expected a JSON Schema that a value can be checked against within ${LIMIT} ms: simplify its patterns and references`

/**
 * A schema that validates against a JSON Schema. It is compiled when first used; one that cannot be compiled (a wrong keyword, a
 * reference that leads outside) then throws INVALID_ARGUMENT. One by which a check does not end in time (a pattern that backtracks,
 * references that fan out) throws TOO_LARGE.
 */
export function schemaFromJson(jsonSchema: JsonSchema): SchemaFromJson {
  let check: ValidateFunction | undefined
  let bounded: boolean | undefined
  const work = (value: unknown): StandardSchemaV1.Result<unknown> => {
    check ??= compiled(jsonSchema)
    return check(value) ? { value } : { issues: readErrors(check.errors ?? []) }
  }
  const validate = (value: unknown): StandardSchemaV1.Result<unknown> => {
    bounded ??= mayBeSlow(jsonSchema)
    return bounded ? withinTime(LIMIT, TOO_SLOW, () => work(value)) : work(value)
  }
  const convert = () => ({ ...jsonSchema })
  return {
    '~standard': { version: 1, vendor: 'agentpolis', validate, jsonSchema: { input: convert, output: convert } },
  }
}

// Without patterns, references and comparisons of items with one another, a check takes as long as its value is large.
const SLOW = /"(?:patternProperties|uniqueItems|\$ref|\$dynamicRef|\$recursiveRef)":/
const PATTERN = /"pattern":(?:("(?:[^"\\]|\\.)*")|.)/g
// Characters and classes of them, each once or so many times: such as that of a hash.
const QUICK = /^\^?(?:(?:\[[^\]\\]*\]|[\w:/-])(?:\{\d{1,4}\})?)*\$?$/

function mayBeSlow(jsonSchema: JsonSchema): boolean {
  try {
    const text = JSON.stringify(jsonSchema)
    const patterns = [...text.matchAll(PATTERN)].map(([, pattern]) => pattern)
    return text.length > 100_000 || SLOW.test(text) || !patterns.every(isQuick)
  } catch {
    // What cannot be written down was not read from JSON: nothing is known of it.
    return true
  }
}

function isQuick(pattern: string | undefined): boolean {
  return pattern !== undefined && QUICK.test(String(JSON.parse(pattern)))
}

// To compile takes milliseconds, and the same schemas come again with every run: those used last are kept, by what they say.
const COMPILED = new Map<string, ValidateFunction>()
const MOST_COMPILED = 500

function compiled(jsonSchema: JsonSchema): ValidateFunction {
  const key = hash(jsonSchema)
  const check = COMPILED.get(key) ?? compile(jsonSchema)
  COMPILED.delete(key)
  COMPILED.set(key, check)
  for (const oldest of COMPILED.keys()) {
    if (COMPILED.size <= MOST_COMPILED) break
    COMPILED.delete(oldest)
  }
  return check
}

function compile(jsonSchema: JsonSchema): ValidateFunction {
  // An instance of its own for each: ids of different owners must not meet, and what is dropped must be freed.
  const ajv = String(jsonSchema.$schema ?? '').includes('draft-07') ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS)
  try {
    return ajv.compile(jsonSchema)
  } catch (cause) {
    const reason = PolisError.from(cause).message
    throw new PolisError('INVALID_ARGUMENT', `Expected a JSON Schema that can be compiled: ${reason}`, { cause })
  }
}

// A value that fits none of several forms is one issue: what each of them wanted.
function readErrors(errors: readonly ErrorObject[]): StandardSchemaV1.Issue[] {
  const last = errors.at(-1)
  if (last?.keyword !== 'anyOf') return errors.map(readError)
  const wanted = errors
    .slice(0, -1)
    .map(({ message, keyword, params }) => `${message ?? keyword}${addition(keyword, params)}`)
  return [{ path: readError(last).path ?? [], message: [...new Set(wanted)].join(', or ') || 'fits none of its forms' }]
}

function readError({ instancePath, message, keyword, params }: ErrorObject): StandardSchemaV1.Issue {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return { path, message: `${message ?? keyword}${addition(keyword, params)}` }
}

// What Ajv's own message leaves out.
function addition(keyword: string, params: Readonly<Record<string, unknown>>): string {
  if (keyword === 'enum') return `: ${JSON.stringify(params.allowedValues)}`
  if (keyword === 'const') return `: ${JSON.stringify(params.allowedValue)}`
  if (keyword === 'additionalProperties') return `: '${String(params.additionalProperty)}'`
  return ''
}
