import { PolisError } from '../core/error.ts'
import { isSecretName, REDACTED, redactText } from '../core/secret.ts'

const DEEPEST = 8
const LONGEST_TEXT = 10_000
const MOST_ITEMS = 100
// A field must not take the place of what the log itself says.
const RESERVED = new Set(['time', 'level', 'message'])

/** Fields as they may be logged: secrets replaced, errors with code, stack and causes, and nothing endless, cyclic or binary. */
export function logFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const safe: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    safe[RESERVED.has(name) ? `${name}_` : name] = isSecretName(name) ? REDACTED : logValue(value, 0)
  }
  return safe
}

function logValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return logText(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'function') return `[function ${value.name}]`
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return '[too deep]'
  if (value instanceof Error) return logError(value, depth)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof Map || value instanceof Set) return logValue([...value], depth)
  return Array.isArray(value) ? logArray(value, depth) : logObject(value, depth)
}

/** Text as it may be logged: secrets replaced, and not over 10,000 characters. */
export function logText(text: string): string {
  return redactText(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : text)
}

function logArray(items: readonly unknown[], depth: number): unknown[] {
  const shown = items.slice(0, MOST_ITEMS).map((item) => logValue(item, depth + 1))
  return items.length > MOST_ITEMS ? [...shown, `… and ${items.length - MOST_ITEMS} more`] : shown
}

function logObject(value: object, depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value).slice(0, MOST_ITEMS)) {
    safe[name] = isSecretName(name) ? REDACTED : logValue(item, depth + 1)
  }
  return safe
}

function logError(error: Error, depth: number): Record<string, unknown> {
  const { code, details } = error instanceof PolisError ? error : { code: undefined, details: undefined }
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: logText(error.message),
    ...(details === undefined || Object.keys(details).length === 0 ? {} : { details: logValue(details, depth + 1) }),
    ...(error.stack === undefined ? {} : { stack: logText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: logValue(error.cause, depth + 1) }),
  }
}
