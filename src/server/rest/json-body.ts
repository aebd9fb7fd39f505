import { PolisError } from '../../core/error.ts'
import { MAX_DEPTH } from '../../core/serializable.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * The JSON of a request body; undefined when it is empty.
 *
 * Throws INVALID_ARGUMENT, with the place where one can be named, for bytes that are not UTF-8, text that is not JSON, depth over
 * `MAX_DEPTH`, and keys that would reach an object's prototype.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return undefined
  const value = parse(decode(bytes))
  check(value, '$', 0)
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new PolisError('INVALID_ARGUMENT', 'The body is not valid UTF-8', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/[\r\n]+/g, ' ').slice(0, 200) : 'it cannot be read'
    throw new PolisError('INVALID_ARGUMENT', `The body is not valid JSON: ${reason}`, { cause })
  }
}

function check(value: unknown, path: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAX_DEPTH) throw new PolisError('INVALID_ARGUMENT', `The body is nested deeper than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) check(value[index], `${path}[${index}]`, depth + 1)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    const below = joinPath(path, key)
    if (isPollution(key, item)) throw refuseKey(below)
    check(item, below, depth + 1)
  }
}

function isPollution(key: string, item: unknown): boolean {
  if (key === '__proto__') return true
  return key === 'constructor' && typeof item === 'object' && item !== null && Object.hasOwn(item, 'prototype')
}

function refuseKey(path: string): PolisError {
  const errors = [{ in: 'body', path, message: 'this key is not allowed' }]
  return new PolisError('INVALID_ARGUMENT', `The body has a key that is not allowed: ${path}`, { details: { errors } })
}

/** A JSON path one key longer: `$.tags.team`, `$.tags["a.b"]`. */
export function joinPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`
  const text = String(key)
  return /^[A-Za-z_$][\w$-]{0,99}$/.test(text) ? `${path}.${text}` : `${path}[${JSON.stringify(text.slice(0, 100))}]`
}
