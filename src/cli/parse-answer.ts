import { PolisError } from '../core/error.ts'
import { isRecord } from '../core/record.ts'
import { parseJson } from './json-input.ts'

const YES = new Set(['y', 'yes', 'true', 'ok'])
const NO = new Set(['n', 'no', 'false'])

/**
 * What a person means who typed a text as answer to a question of this JSON Schema: `yes` for a boolean, the text itself for a
 * string, one of the values of an enum, else JSON. For an object with one property, its value will do.
 *
 * Throws INVALID_ARGUMENT when it cannot be meant; the server checks the rest.
 */
export function parseAnswer(typed: string, schema: unknown): unknown {
  const text = typed.trim()
  const { type, enum: values } = isRecord(schema) ? schema : {}
  if (type === 'boolean') return parseBoolean(text)
  if (Array.isArray(values)) return parseChoice(text, values)
  if (type === 'string') return isQuoted(text) ? parseJson(text, 'answer') : typed
  const word = YES.has(text.toLowerCase()) || NO.has(text.toLowerCase())
  if (word && alternativesOf(schema).some((it) => isRecord(it) && it.type === 'boolean')) return parseBoolean(text)
  const only = onlyProperty(schema)
  if (only !== undefined && !text.startsWith('{')) return { [only.name]: parseAnswer(typed, only.schema) }
  return type === undefined ? parseFree(text) : parseJson(text, 'answer')
}

/** The answers that fit, for a prompt: `y/n`, `a/b/c`, `text`, `number`, `JSON`. */
export function answerHint(schema: unknown): string {
  const { type, enum: values } = isRecord(schema) ? schema : {}
  if (type === 'boolean') return 'y/n'
  if (Array.isArray(values)) return values.map(showChoice).join('/')
  if (type === 'string') return 'text'
  if (type === 'number' || type === 'integer') return 'number'
  if (alternativesOf(schema).some((it) => isRecord(it) && it.type === 'boolean')) return 'y/n'
  const only = onlyProperty(schema)
  return only === undefined ? 'JSON' : answerHint(only.schema)
}

/** The schemas of which an answer has to fit one; none where there is just one. */
export function alternativesOf(schema: unknown): readonly unknown[] {
  const alternatives = isRecord(schema) ? (schema.anyOf ?? schema.oneOf) : undefined
  return Array.isArray(alternatives) ? alternatives : []
}

/** The property of an object that has just one: then its value alone says which object is meant. */
export function onlyProperty(schema: unknown): { readonly name: string; readonly schema: unknown } | undefined {
  if (!isRecord(schema) || schema.type !== 'object' || !isRecord(schema.properties)) return undefined
  const [property, second] = Object.entries(schema.properties)
  return property === undefined || second !== undefined ? undefined : { name: property[0], schema: property[1] }
}

function parseBoolean(text: string): boolean {
  const word = text.toLowerCase()
  if (YES.has(word)) return true
  if (NO.has(word)) return false
  throw new PolisError('INVALID_ARGUMENT', `answer: expected yes or no, got '${text}'`)
}

function parseChoice(text: string, values: readonly unknown[]): unknown {
  const found = values.find((value) => showChoice(value) === text || JSON.stringify(value) === text)
  if (found !== undefined) return found
  throw new PolisError(
    'INVALID_ARGUMENT',
    `answer: expected one of ${values.map(showChoice).join(', ')}, got '${text}'`,
  )
}

// Where any answer fits, what is not JSON is taken as a text.
function parseFree(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function showChoice(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isQuoted(text: string): boolean {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"')
}
